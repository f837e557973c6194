import Link from "next/link";
import { words } from "@/lib/words";

export default async function NotFound() {
  const { trouble } = await words();
  return (
    <main className="alone">
      <div className="panel">
        <h1>{trouble.notFound}</h1>
        <p className="lead">{trouble.notFoundLead}</p>
        <Link className="button" href="/">
          {trouble.home}
        </Link>
      </div>
    </main>
  );
}
