interface Props {
  label: string;
  email?: string | null;
  phone?: string | null;
  address?: string | null;
}

/** How visitors reach whoever is behind the page. */
export function Contact({ label, email, phone, address }: Props) {
  if (!email && !phone && !address) return null;
  return (
    <address aria-label={label}>
      {address && <span className="lines-kept">{address}</span>}
      {email && <a href={`mailto:${encodeURIComponent(email).replace("%40", "@")}`}>{email}</a>}
      {phone && <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a>}
    </address>
  );
}
