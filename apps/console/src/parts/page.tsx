import { Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./page.module.css";

interface PageProps {
  title: string;
  /** What stands beside the title: a state, a number. */
  beside?: ReactNode;
  intro?: ReactNode;
  /** Buttons at the right. */
  actions?: ReactNode;
  /** Above the title: where one came from. */
  above?: ReactNode;
  children: ReactNode;
}

/** The frame of a page: its title, its buttons, its content. */
export function Page({ title, beside, intro, actions, above, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Atoll`;
  }, [title]);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <div className={classes.heading}>
          {above}
          <div className={classes.titleLine}>
            <Title order={1} className={classes.title}>
              {title}
            </Title>
            {beside}
          </div>
          {intro !== undefined && (
            <Text c="dimmed" size="sm" component="div" className={classes.intro}>
              {intro}
            </Text>
          )}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}

interface SectionProps {
  title: string;
  /** At the right of its title. */
  actions?: ReactNode;
  intro?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, actions, intro, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <div>
          <Title order={2} className={classes.sectionTitle}>
            {title}
          </Title>
          {intro !== undefined && (
            <Text c="dimmed" size="sm">
              {intro}
            </Text>
          )}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
