/** The hub's mails in English; the other languages have exactly these keys. */
export const en = {
  footer: "You get this mail because somebody used this address with us.",
  orOpen: "Or open this address:",
  confirm: {
    subject: (name: string) => `Please confirm your address for ${name}`,
    lines: (name: string) => [
      `somebody, most likely you, asked for an application for ${name} and gave this address.`,
      "Please confirm that it is yours. Until then nobody looks at the request.",
      "If it was not you, you need not do anything.",
    ],
    button: "Confirm the address",
  },
  received: {
    subject: (name: string) => `We have your request for ${name}`,
    lines: (name: string) => [
      `thank you: your request for ${name} has arrived and waits for somebody to look at it.`,
      "You can see at any time how it stands.",
    ],
    button: "See how it stands",
  },
  approved: {
    subject: (name: string) => `${name} is being set up`,
    lines: (name: string) => [
      `your request for ${name} was approved, and the application is being set up now. It takes a few minutes.`,
      "When it is ready, another mail brings its address and your first password.",
    ],
    button: "Watch it happen",
  },
  rejected: {
    subject: (name: string) => `Your request for ${name}`,
    lines: (name: string) => [`we cannot set up an application for ${name} just now.`, "The reason:"],
    after: "If something about it changes, you are welcome to ask again.",
  },
  failed: {
    subject: (instance: string) => `${instance} could not be set up`,
    lines: (instance: string) => [`the run on ${instance} failed:`],
    linesAt: (instance: string, step: string) => [`the run on ${instance} failed at the step “${step}”:`],
    next: (next: string) => `What to do: ${next}`,
    undone: "Everything that it had made was removed; it can be retried.",
    owed: "Not everything that it had made is removed: the run's page shows what is left.",
    button: "Look at it",
    footer: "You get this mail because you look after this hub. Settings, Alerts says who does.",
  },
  drift: {
    subject: (instance: string) => `The schema of ${instance} was changed`,
    lines: (instance: string) => [`the database of ${instance} is not as its migrations make it:`],
    more: (count: number) => `and ${count} more`,
    after: "The instance's page shows each difference, and SQL that would put it back. You are told once.",
    button: "Look at it",
  },
  incident: {
    subject: (of: string) => `Something is wrong with ${of}`,
    lines: (of: string) => [`the hub noticed that something is wrong with ${of}:`],
    after: "You are told once, and once more when it is over.",
    button: "Look at it",
  },
  allClear: {
    subject: (of: string) => `All clear: ${of}`,
    lines: (of: string) => [`what was wrong with ${of} is over.`],
    button: "See how it was",
  },
  teamInvitation: {
    roles: {
      admin: "administrator",
      manager: "manager",
      member: "member",
      staff: "staff",
      moderator: "moderator",
      client: "client",
    },
    subject: (client: string) => `${client} invites you`,
    lines: (client: string, role: string) => [`you are invited to the application of ${client} as ${role}.`],
    fresh: "The link lets you in once; then you choose a password of your own.",
    known: "The link lets you in once; afterwards you sign in as before.",
    after:
      "It works for a short time, often an hour. When it has run out, ask whoever invited you for another one.",
    button: "Accept the invitation",
    footer: "If you do not know what this is about, you need not do anything.",
  },
  instanceDrift: {
    subject: (instance: string) => `${instance} was changed behind our back`,
    subjectBack: (instance: string) => `${instance} keeps being changed behind our back`,
    lines: (instance: string) => [`${instance} is not as it was accepted:`],
    comesBack:
      "It came back after each repair: somebody or something sets it again. It is not repaired by itself any more.",
    after:
      "The instance's page shows each difference: repair it there, or accept it. You are told once, and again when it changes.",
  },
  massDrift: {
    subject: (count: number) => `${count} instances were changed behind our back`,
    lines: (count: number) => [
      `${count} instances are not as they were accepted. When so many change at once, there is often one cause:`,
    ],
    after:
      "Each instance's page shows its differences: repair them there, or accept them. You are told once, and again when they change.",
  },
  invitation: {
    subject: "You are invited to Atoll",
    lines: (by: string, role: string, until: string) => [
      `${by} invites you to look after instances with the role ${role}.`,
      `The link works once, until ${until} UTC.`,
    ],
    button: "Accept",
    footer: "If you do not know what this is about, you need not do anything.",
  },
  hello: "Hello,",
};

export type Words = typeof en;
