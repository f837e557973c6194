import classes from "./shell.module.css";

/** The product's mark and name: a ring of islands around a lagoon. */
export function Mark() {
  return (
    <span className={classes.mark}>
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="#0f766e" />
        <circle
          cx="16"
          cy="16"
          r="8"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeDasharray="14 3.5 21 3.5 5 3.3"
          strokeLinecap="round"
        />
        <circle cx="16" cy="16" r="2.4" fill="#99f6e4" />
      </svg>
      Atoll
    </span>
  );
}
