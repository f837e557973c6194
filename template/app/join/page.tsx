import type { Metadata } from "next";
import Link from "next/link";
import { Brand } from "@/components/brand";
import { Contact } from "@/components/contact";
import { contactEmail } from "@/lib/vault/public";
import { words } from "@/lib/words";
import { JoinForm } from "./form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).team.join, referrer: "no-referrer" };
}

/** Where the link of an invitation leads. Its token stands behind the "#" and is spent by a press of the button only. */
export default async function JoinPage() {
  const [{ team, shell }, email] = await Promise.all([words(), contactEmail()]);
  return (
    <main className="alone">
      <div className="panel">
        <Brand />
        <h1>{team.join}</h1>
        <p className="lead">{team.joinLead}</p>
        <JoinForm text={team} />
        <div className="aside">
          <Link className="quiet" href="/sign-in" prefetch={false}>
            {team.signIn}
          </Link>
        </div>
        <Contact label={shell.contact} email={email} />
      </div>
    </main>
  );
}
