import type { Messages } from "@/lib/messages/en";

/** What a module's automations do, in the words of client-config.json. */
export function Automations({ lines, text }: { lines: string[]; text: Messages["automations"] }) {
  return (
    <section className="card" aria-labelledby="automations">
      <h2 id="automations">{text.title}</h2>
      {lines.length === 0 && <p className="lead">{text.none}</p>}
      <ul className="lines">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}
