import type { InstanceSummary } from "@atoll/contract/schemas/instance";
import { useRouter } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import rows from "../parts/rows.module.css";
import { InstanceRow, instanceColumns } from "./instance-row.tsx";

interface InstanceListProps {
  /** What was read so far, from the first one on. */
  items: readonly InstanceSummary[];
  total: number;
  onNeedMore(): void;
}

const rowHeight = 57;

/** A list of any length: only the rows that are seen are in the page. The arrow keys go along it. */
export function InstanceList({ items, total, onNeedMore }: InstanceListProps) {
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(list.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowHeight,
    overscan: 6,
    useFlushSync: false,
    scrollMargin: top,
  });
  const seen = virtual.getVirtualItems();
  const lastSeen = seen.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastSeen >= items.length && items.length < total) onNeedMore();
  }, [lastSeen, items.length, total, onNeedMore]);
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    // With a modifier the browser opens a tab or a window.
    if (
      link === null ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    router.history.push(link.getAttribute("href") ?? "/instances");
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-index]") : null;
    if (step === undefined || at === null) return;
    const next = Number(at.dataset.index) + step;
    if (next < 0 || next >= items.length) return;
    event.preventDefault();
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`)?.focus(),
    );
  };
  return (
    <div style={{ "--columns": instanceColumns } as CSSProperties}>
      <div className={rows.head} aria-hidden>
        <span>Instance</span>
        <span>Address</span>
        <span>Blueprint</span>
        <span>Version</span>
        <span>State</span>
        <span>Health</span>
        <span className={rows.end}>Since</span>
      </div>
      <ul
        ref={list}
        className={rows.list}
        aria-label="Instances"
        style={{ position: "relative", height: virtual.getTotalSize() + 2 }}
        onClick={follow}
        onKeyDown={press}
      >
        {seen.map(({ index, start, size }) => {
          const item = items[index];
          return (
            <li
              key={index}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={total}
              style={{
                position: "absolute",
                contain: "strict",
                insetInline: 0,
                height: size,
                transform: `translateY(${start - top}px)`,
              }}
            >
              {item === undefined ? <span className={rows.row}>…</span> : <InstanceRow instance={item} />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
