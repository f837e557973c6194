import { clientConfig } from "@/lib/client-config";
import { environment } from "@/lib/environment";

/** The client's name beside its first letter. */
export async function Brand() {
  const name = (await clientConfig()).client.name || environment().clientName || "Business";
  return (
    <span className="brand">
      <span className="brand-mark" aria-hidden="true">
        {[...name][0]?.toLocaleUpperCase()}
      </span>
      <span className="brand-name">{name}</span>
    </span>
  );
}
