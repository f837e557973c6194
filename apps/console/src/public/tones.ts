// Mantine's own tones for help and errors stay below a contrast of 4.5 to 1.

/** Text that stands back. */
export const quiet = "light-dark(var(--mantine-color-gray-7), var(--mantine-color-dark-1))";

/** Text that says what is wrong. */
export const alarm = "light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))";
