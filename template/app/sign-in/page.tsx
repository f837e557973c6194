import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Brand } from "@/components/brand";
import { Contact } from "@/components/contact";
import { clientConfig, homeOf } from "@/lib/client-config";
import { signedIn } from "@/lib/member";
import { contactEmail } from "@/lib/vault/public";
import { words } from "@/lib/words";
import { SignInForm } from "./form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).signIn.title };
}

export default async function SignInPage() {
  if (await signedIn()) redirect(homeOf(await clientConfig()));
  const [{ signIn, shell }, email] = await Promise.all([words(), contactEmail()]);
  return (
    <main className="alone">
      <div className="panel">
        <Brand />
        <h1>{signIn.title}</h1>
        <p className="lead">{signIn.lead}</p>
        <SignInForm text={signIn} />
        <Contact label={shell.contact} email={email} />
      </div>
    </main>
  );
}
