import { companyOf } from "@/lib/agency/company";
import { removeLogo } from "@/lib/agency/logo-actions";
import { logoUrl } from "@/lib/agency/logo-url";
import type { Member } from "@/lib/member";
import { fill, words } from "@/lib/words";
import { Deed } from "../deed";
import { LogoForm } from "./logo-form";

/** The company's logo: what it is now, another one, or none. */
export async function Logo({ me }: { me: Member }) {
  const [company, { agency: text }] = await Promise.all([companyOf(me.database), words()]);
  return (
    <section className="card" aria-labelledby="logo-title">
      <h2 id="logo-title">{text.logo}</h2>
      {company.logo_path ? (
        <img
          className="logo"
          src={logoUrl(company.logo_path)}
          alt={fill(text.logoNow, { company: company.name })}
        />
      ) : (
        <p className="none">{text.noLogo}</p>
      )}
      <LogoForm text={text} />
      {company.logo_path && <Deed action={removeLogo} label={text.logoRemove} className="quiet" />}
    </section>
  );
}
