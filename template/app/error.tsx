"use client";

import { useSyncExternalStore } from "react";
import { trouble as languages } from "@/lib/messages/trouble";

const never = () => () => {};
const language = () => {
  const { lang } = document.documentElement;
  return lang === "fr" || lang === "id" ? lang : "en";
};

/** Shown when a page could not be made. It runs in the browser, where <html> says the client's language. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const trouble = languages[useSyncExternalStore(never, language, () => "en" as const)];
  return (
    <main className="alone">
      <div className="panel">
        <h1>{trouble.title}</h1>
        <p className="lead">{trouble.lead}</p>
        <button type="button" className="button" onClick={reset}>
          {trouble.again}
        </button>
      </div>
    </main>
  );
}
