import { Kbd, Modal } from "@mantine/core";
import { Fragment } from "react";
import { places } from "./places.ts";
import classes from "./shell.module.css";

/** What can be typed where. */
export function Keys({ opened, onClose }: { opened: boolean; onClose(): void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" closeButtonProps={{ "aria-label": "Close" }}>
      <dl className={classes.keys}>
        {places.map(({ key, word }) => (
          <Fragment key={key}>
            <dt>
              <Kbd>g</Kbd> <Kbd>{key}</Kbd>
            </dt>
            <dd>{word}</dd>
          </Fragment>
        ))}
        <dt>
          <Kbd>/</Kbd>
        </dt>
        <dd>Search in a list</dd>
        <dt>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd>
        </dt>
        <dd>Along the instances</dd>
        <dt>
          <Kbd>Esc</Kbd>
        </dt>
        <dd>Close what is open</dd>
      </dl>
    </Modal>
  );
}
