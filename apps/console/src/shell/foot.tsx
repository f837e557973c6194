import { ActionIcon, Group, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { meQuery } from "../hub/me.ts";
import { signOut } from "../session/auth.ts";
import classes from "./shell.module.css";

const schemes = {
  auto: { next: "light", word: "as the system", icon: IconDeviceDesktop },
  light: { next: "dark", word: "light", icon: IconSun },
  dark: { next: "auto", word: "dark", icon: IconMoon },
} as const;

/** Who is signed in, light or dark, the keys, and the way out. */
export function Foot({ onKeys }: { onKeys(): void }) {
  const { data: me } = useQuery(meQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { next, word, icon: Icon } = schemes[colorScheme];
  const leave = async () => {
    await signOut().catch(() => undefined); // a session that is over already is left just as well
    await navigate({ to: "/sign-in" });
    queries.clear();
  };
  return (
    <div className={classes.foot}>
      <div>
        <div className={classes.who} title={me?.email}>
          {me?.name ?? "\u00a0"}
        </div>
        <div className={classes.role}>{me?.role ?? "\u00a0"}</div>
      </div>
      <Group gap={4} ml={-6}>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="inherit"
          title={`Colours: ${word}`}
          aria-label={`Colours: ${word}. Change to ${schemes[next].word}.`}
          onClick={() => setColorScheme(next)}
        >
          <Icon size={17} stroke={1.7} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="inherit"
          title="Keys (?)"
          aria-label="Keys"
          onClick={onKeys}
        >
          <IconKeyboard size={18} stroke={1.7} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="inherit"
          title="Sign out"
          aria-label="Sign out"
          ml="auto"
          onClick={() => void leave()}
        >
          <IconLogout size={17} stroke={1.7} />
        </ActionIcon>
      </Group>
    </div>
  );
}
