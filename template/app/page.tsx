import { CommunityPage } from "@/components/community/page";
import { Overview } from "@/components/overview";
import { Shell } from "@/components/shell";
import { ShopPage } from "@/components/shop/page";
import { clientConfig } from "@/lib/client-config";
import { environmentProblems } from "@/lib/environment";

/** Visitors see the shop or the community here; in a business and an agency it is the overview, after sign-in. */
export default async function FirstPage() {
  const { blueprint, problem } = await clientConfig();
  // The frame around this page says what is missing.
  if (problem || environmentProblems().length > 0) return null;
  if (blueprint === "shop") return <ShopPage />;
  if (blueprint === "community") return <CommunityPage />;
  return (
    <Shell>
      <Overview />
    </Shell>
  );
}
