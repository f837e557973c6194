import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { Brand } from "@/components/brand";
import { Submit } from "@/components/submit";
import { clientConfig, homeOf } from "@/lib/client-config";
import { mustChangePassword, signedIn } from "@/lib/member";
import { signOut } from "@/lib/session-actions";
import { words } from "@/lib/words";
import { ChangePasswordForm } from "./form";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).password.title };
}

export default async function ChangePasswordPage() {
  const user = await signedIn();
  if (!user) redirect("/sign-in");
  const forced = await mustChangePassword(user);
  const { password, signIn, shell } = await words();
  return (
    <main className="alone">
      <div className="panel">
        <Brand />
        <h1>{password.title}</h1>
        {forced && <p className="lead">{password.lead}</p>}
        <ChangePasswordForm text={password} email={user.email ?? ""} />
        <div className="aside">
          {forced ? (
            <form action={signOut}>
              <Submit label={signIn.out} className="quiet" />
            </form>
          ) : (
            <Link className="quiet" href={homeOf(await clientConfig())}>
              {shell.home}
            </Link>
          )}
        </div>
      </div>
    </main>
  );
}
