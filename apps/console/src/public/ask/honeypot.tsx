/** A field that only programs fill in: out of sight, out of the order of tabs, and unspoken. */
export function Honeypot({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <div
      aria-hidden="true"
      style={{ position: "absolute", width: 1, height: 1, overflow: "hidden", clipPath: "inset(50%)" }}
    >
      <label>
        Website
        <input
          type="text"
          name="website"
          tabIndex={-1}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      </label>
    </div>
  );
}
