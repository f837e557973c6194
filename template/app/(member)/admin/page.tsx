import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Overview } from "@/components/overview";
import { clientConfig, hasPublicPage } from "@/lib/client-config";
import { words } from "@/lib/words";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await words()).shell.home };
}

/** The overview of a shop and of a community, whose first page belongs to visitors. */
export default async function AdminPage() {
  if (!hasPublicPage((await clientConfig()).blueprint)) notFound();
  return <Overview />;
}
