import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { clientConfig } from "@/lib/client-config";
import { environment, environmentProblems } from "@/lib/environment";
import { words } from "@/lib/words";
import "./styles/base.css";
import "./styles/alone.css";
import "./styles/forms.css";
import "./styles/frame.css";
import "./styles/overview.css";
import "./styles/lists.css";
import "./styles/public.css";

// Everything is read when a page is asked for: one build serves every client.
export const dynamic = "force-dynamic";

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f7f7" },
    { media: "(prefers-color-scheme: dark)", color: "#111614" },
  ],
};

export async function generateMetadata(): Promise<Metadata> {
  const name = await clientName();
  return { title: { default: name, template: `%s · ${name}` }, robots: { index: false, follow: false } };
}

async function clientName(): Promise<string> {
  return (await clientConfig()).client.name || environment().clientName || "Business";
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const config = await clientConfig();
  const missing = environmentProblems();
  const problems = config.problem ? [...missing, config.problem] : missing;
  return (
    <html lang={config.locale}>
      <body>{problems.length === 0 ? children : <NotSetUp problems={problems} />}</body>
    </html>
  );
}

async function NotSetUp({ problems }: { problems: string[] }) {
  const { trouble } = await words();
  return (
    <main className="alone">
      <div className="panel">
        <h1>{trouble.setup}</h1>
        <p className="lead">{trouble.setupLead}</p>
        <ul className="codes">
          {problems.map((problem) => (
            <li key={problem}>
              <code>{problem}</code>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
