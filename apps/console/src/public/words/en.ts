/** The public pages in English; the other languages have exactly these keys. */
export const en = {
  languages: "Language",
  loading: "One moment…",
  again: "Try again",

  ask: {
    title: "Ask for your own application",
    intro: "A few questions, two minutes. Somebody looks at your request, then we set everything up for you.",
    optional: (label: string) => `${label} (optional)`,
    letUsChoose: "Let us choose",
    send: "Send the request",
    sending: "Sending…",
    unknown: "There is nothing to ask for at this address.",
    unknownNext: "Please check the link that you were given.",
  },

  fields: {
    name: { label: "Name of your business", help: "As you write it yourself." },
    slug: { label: "Short name", help: "Part of your web address: small letters, digits and hyphens." },
    adminEmail: {
      label: "E-mail address",
      help: "We write to you here, and it becomes the first account.",
    },
    adminName: { label: "Your name", help: "So that we know how to address you." },
    region: {
      label: "Where your data is kept",
      help: "Close to your people is fastest. We choose well if you leave it.",
    },
    modules: { label: "What you would like to use", help: "You can change this later." },
    locale: { label: "Language of your application", help: "Our mails to you come in it, too." },
  },

  options: {
    modules: {
      crm: { label: "Customers", help: "Contacts, conversations, what comes next" },
      email: { label: "E-mail", help: "Newsletters and campaigns" },
      social: { label: "Social media", help: "Plan and publish posts" },
      content: { label: "Content", help: "Write and keep texts and pictures" },
      accommodation: { label: "Accommodation", help: "Rooms, guests and bookings" },
    },
    region: {
      "us-east-1": "United States, Virginia",
      "us-east-2": "United States, Ohio",
      "us-west-1": "United States, California",
      "us-west-2": "United States, Oregon",
      "ca-central-1": "Canada, Montreal",
      "sa-east-1": "Brazil, São Paulo",
      "eu-west-1": "Ireland, Dublin",
      "eu-west-2": "United Kingdom, London",
      "eu-west-3": "France, Paris",
      "eu-north-1": "Sweden, Stockholm",
      "eu-central-1": "Germany, Frankfurt",
      "eu-central-2": "Switzerland, Zurich",
      "ap-south-1": "India, Mumbai",
      "ap-southeast-1": "Singapore",
      "ap-southeast-2": "Australia, Sydney",
      "ap-northeast-1": "Japan, Tokyo",
      "ap-northeast-2": "South Korea, Seoul",
      "ap-east-1": "Hong Kong",
    },
    locale: { en: "English", fr: "Français", id: "Bahasa Indonesia" },
  },

  check: {
    missing: "Please fill this in.",
    choose: "Please choose at least one.",
    email: "This does not look like an e-mail address: it has an @ and a dot after it.",
    slug: "Use 3 to 40 small letters, digits and single hyphens, starting with a letter. A few words, such as “admin”, are taken.",
    refused: "Please look at this once more.",
    some: "Some answers need another look.",
  },

  trouble: {
    tooMany: "That was a little much at once. Please try again later.",
    ours: "Something is wrong on our side. Nothing is lost: please try again in a moment.",
    offline: "We cannot reach the server. Please check your connection and try again.",
    link: "This link is not valid. Please open the link of our newest mail to you, or ask again.",
    other: "We could not accept this.",
  },

  sent: {
    title: "Nearly there: please look into your mailbox",
    mail: (email: string) =>
      `We have sent a mail to ${email}. Open its link to confirm the address; then we look at your request.`,
    noMail: "No mail after a few minutes? Look among the unwanted ones.",
    titleDone: "Thank you, your request is here",
    done: "Somebody looks at it soon. You need not do anything.",
    follow: "See how it stands",
  },

  confirm: {
    title: "Confirm your address",
    intro: "One press, and we know that the request comes from you.",
    button: "Yes, it is my address",
    busy: "Confirming…",
    doneTitle: "Thank you, that is confirmed",
    done: (name: string) =>
      `We look at your request for ${name} now. A mail with the link to follow it is on its way to you.`,
    noToken: "This address is not complete. Please open the link of our mail once more.",
  },

  status: {
    title: (name: string) => `Your request for ${name}`,
    since: (date: string) => `Asked for on ${date}`,
    stages: { asked: "Asked for", confirmed: "Address confirmed", approved: "Approved", ready: "Ready" },
    stageDone: "done",
    stageNow: "now",
    stageNext: "to come",
    unconfirmed: "Please confirm your address: the link is in the mail that we sent you.",
    pending: "Your request is with us. Somebody looks at it soon, and you get a mail.",
    approved: "Good news: your request was approved. We begin in a moment.",
    provisioning: "We are setting everything up for you. It takes a few minutes; you may close this page.",
    deployed: "Everything is ready. A mail brings you the first password.",
    failed: "Something did not go as planned. We know about it and look into it; you need not do anything.",
    rejected: "We cannot set this up for you just now.",
    reason: "The reason",
    askAgain: "If something about it changes, you are welcome to ask again.",
    withdrawn: "This request was withdrawn.",
    open: "Open your application",
    address: "Your address",
    noToken: "This address is not complete. Please open the link of our mail once more.",
    stale: "No connection right now. What you see is a little old; we keep trying.",
  },

  live: {
    title: "What is happening",
    bar: "Progress",
    count: (done: number, of: number) => `${done} of ${of} steps done`,
    now: "Right now",
    done: "Done",
    retrying: "One step needs another try; that happens by itself.",
    undoing: "We are tidying up what was begun.",
    starting: "It begins in a moment.",
    other: "One more part",
  },

  steps: {
    "supabase.project": "A database of your own",
    "supabase.database": "The database starts up",
    "supabase.api-keys": "Keys for safe access",
    "postgres.schema": "Tables for your data",
    "supabase.user": "Your account",
    "supabase.auth-config": "Sign-in",
    "github.repository": "A place for your application’s code",
    "github.file": "Your settings",
    "vercel.project": "A place on the web",
    "vercel.environment": "Connecting site and database",
    "vercel.deployment": "Building and publishing your site",
    "netlify.site": "A place on the web",
    "netlify.environment": "Connecting site and database",
    "netlify.deployment": "Building and publishing your site",
    "n8n.credential": "Access for your automations",
    "n8n.workflow": "Your automations",
    "gitea.folder": "Your files",
    "email.send": "The mail that welcomes you",
  },
};

/** Every word of the public pages, by what it is for. */
export type Words = typeof en;
