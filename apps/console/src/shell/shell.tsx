import { Burger, Drawer } from "@mantine/core";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { Foot } from "./foot.tsx";
import { Keys } from "./keys.tsx";
import { Mark } from "./mark.tsx";
import { Menu } from "./menu.tsx";
import classes from "./shell.module.css";
import { useKeys } from "./use-keys.ts";

/** The frame of every page behind the sign-in: menu, content, keys. */
export function Shell() {
  const [isOpen, setOpen] = useState(false);
  const [showsKeys, setShowsKeys] = useState(false);
  const help = useCallback(() => setShowsKeys(true), []);
  useKeys(help);
  const main = useRef<HTMLElement>(null);
  const section = useRouterState({ select: ({ location }) => location.pathname.split("/")[1] });
  const before = useRef(section);
  useEffect(() => {
    // A new page begins at its start, for the eye and for a screen reader.
    if (before.current !== section) main.current?.focus({ preventScroll: true });
    before.current = section;
  }, [section]);
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        Skip the menu
      </a>
      <section className={classes.top} aria-label="Top">
        <Mark />
        <Burger size="sm" opened={isOpen} onClick={() => setOpen(true)} aria-label="Menu" />
      </section>
      <aside className={classes.side} aria-label="Atoll">
        <Mark />
        <Menu onGo={() => {}} />
        <Foot onKeys={help} />
      </aside>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        position="right"
        size={280}
        title="Menu"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <div className={classes.drawer}>
          <Menu onGo={() => setOpen(false)} />
          <Foot onKeys={help} />
        </div>
      </Drawer>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <Keys opened={showsKeys} onClose={() => setShowsKeys(false)} />
    </div>
  );
}
