import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { places } from "./places.ts";

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** "g" and a letter go to a page, "/" to the search field, "?" shows the keys. Not while somebody types. */
export function useKeys(onHelp: () => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    let wentAt = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      const isInDialog = document.querySelector('[role="dialog"]') !== null;
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target) || isInDialog) return;
      if (event.key === "?") return onHelp();
      if (event.key === "/") {
        const field = document.querySelector<HTMLInputElement>("[data-search]");
        if (field === null) return;
        event.preventDefault();
        return field.focus();
      }
      const place = places.find(({ key }) => key === event.key);
      if (place !== undefined && event.timeStamp - wentAt < 1_500) void navigate({ to: place.to });
      wentAt = event.key === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [navigate, onHelp]);
}
