import { Anchor, Box, Container, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { type Language, languages } from "./language.ts";
import { quiet } from "./tones.ts";
import { words } from "./words.ts";

interface PageProps {
  language: Language;
  title: string;
  /** True after a press replaced the page's content: its title takes the focus, so that it is read out. */
  focusTitle?: boolean;
  intro?: ReactNode;
  children?: ReactNode;
}

/** The frame of every public page: one calm column, a title, and the switch of languages. */
export function Page({ language, title, focusTitle = false, intro, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title;
    document.documentElement.lang = language;
  }, [title, language]);
  useEffect(() => {
    if (focusTitle) heading.current?.focus();
  }, [focusTitle]);
  return (
    <Box
      lang={language}
      mih="100dvh"
      bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-8))"
    >
      <Container size={600} px={{ base: "md", sm: "xl" }} py={{ base: "md", sm: 48 }}>
        <Group component="header" justify="flex-end" mb="md">
          <LanguageSwitch language={language} />
        </Group>
        <Paper component="main" withBorder radius="lg" p={{ base: "lg", sm: 40 }}>
          <Stack gap="lg">
            <Stack gap="xs">
              <Title
                ref={heading}
                tabIndex={-1}
                order={1}
                fz={{ base: 26, sm: 32 }}
                lh={1.2}
                style={{ outline: "none", overflowWrap: "anywhere" }}
              >
                {title}
              </Title>
              {intro && (
                <Text size="lg" c={quiet}>
                  {intro}
                </Text>
              )}
            </Stack>
            {children}
          </Stack>
        </Paper>
      </Container>
    </Box>
  );
}

function LanguageSwitch({ language }: { language: Language }) {
  const { history } = useRouter();
  const addressIn = (other: Language) => {
    const { pathname, search } = window.location;
    const query = new URLSearchParams(search);
    query.set("lang", other);
    return `${pathname}?${query}`;
  };
  const change = (event: MouseEvent, other: Language) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    // Without loading anew: what was typed stays.
    event.preventDefault();
    history.replace(addressIn(other));
  };
  return (
    <Group component="nav" gap="md" aria-label={words[language].languages}>
      {languages.map((other) => (
        <Anchor
          key={other}
          href={addressIn(other)}
          onClick={(event) => change(event, other)}
          lang={other}
          hrefLang={other}
          aria-current={other === language ? "true" : undefined}
          c={other === language ? "bright" : quiet}
          fw={other === language ? 600 : 400}
          underline={other === language ? "always" : "hover"}
          size="sm"
          py={6}
        >
          {words[other].options.locale[other]}
        </Anchor>
      ))}
    </Group>
  );
}
