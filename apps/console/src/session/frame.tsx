import { Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { Mark } from "../shell/mark.tsx";
import classes from "./frame.module.css";

/** The frame of pages before one is signed in. */
export function Frame({ title, intro, children }: { title: string; intro?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Atoll`;
  }, [title]);
  return (
    <main className={classes.ground}>
      <div className={classes.card}>
        <Stack gap="lg">
          <Mark />
          <div>
            <Title order={1} fz={22}>
              {title}
            </Title>
            {intro !== undefined && (
              <Text c="dimmed" mt={4} component="div">
                {intro}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </div>
    </main>
  );
}
