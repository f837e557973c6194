import { companyOf } from "@/lib/agency/company";
import { logoUrl } from "@/lib/agency/logo-url";
import { clientConfig } from "@/lib/client-config";
import { environment } from "@/lib/environment";
import { supabase } from "@/lib/supabase";

/** The client's name beside an agency's logo, or beside its first letter. */
export async function Brand() {
  const { client, blueprint } = await clientConfig();
  const name = client.name || environment().clientName || "Business";
  const logo = blueprint === "agency" ? (await companyOf(await supabase())).logo_path : null;
  return (
    <span className="brand">
      {logo ? (
        <img className="brand-mark picture-mark" src={logoUrl(logo)} alt="" />
      ) : (
        <span className="brand-mark" aria-hidden="true">
          {[...name][0]?.toLocaleUpperCase()}
        </span>
      )}
      <span className="brand-name">{name}</span>
    </span>
  );
}
