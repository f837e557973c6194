import { environment } from "../environment";

/** The public address of a logo; the database allows only plain names. */
export function logoUrl(path: string): string {
  return `${environment().supabaseUrl}/storage/v1/object/public/branding/${encodeURIComponent(path)}`;
}
