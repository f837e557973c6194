import type { Words } from "./en.ts";

/** The public pages in French. */
export const fr: Words = {
  languages: "Langue",
  loading: "Un instant…",
  again: "Réessayer",

  ask: {
    title: "Demandez votre propre application",
    intro:
      "Quelques questions, deux minutes. Une personne examine votre demande, puis nous préparons tout pour vous.",
    optional: (label) => `${label} (facultatif)`,
    letUsChoose: "Choisissez pour moi",
    send: "Envoyer la demande",
    sending: "Envoi en cours…",
    unknown: "Il n’y a rien à demander à cette adresse.",
    unknownNext: "Veuillez vérifier le lien que l’on vous a donné.",
  },

  fields: {
    name: { label: "Nom de votre entreprise", help: "Tel que vous l’écrivez vous-même." },
    slug: {
      label: "Nom court",
      help: "Une partie de votre adresse web : minuscules, chiffres et traits d’union.",
    },
    adminEmail: {
      label: "Adresse e-mail",
      help: "Nous vous écrivons à cette adresse, qui devient aussi le premier compte.",
    },
    adminName: { label: "Votre nom", help: "Pour savoir comment nous adresser à vous." },
    region: {
      label: "Où vos données sont conservées",
      help: "Le plus près de votre public est le plus rapide. Sinon, nous choisissons bien.",
    },
    modules: { label: "Ce que vous souhaitez utiliser", help: "Vous pourrez changer d’avis plus tard." },
    locale: {
      label: "Langue de votre application",
      help: "Nos messages vous parviennent aussi dans cette langue.",
    },
  },

  options: {
    modules: {
      crm: { label: "Clients", help: "Contacts, échanges, prochaines étapes" },
      email: { label: "E-mail", help: "Lettres d’information et campagnes" },
      social: { label: "Réseaux sociaux", help: "Planifier et publier" },
      content: { label: "Contenus", help: "Écrire et conserver textes et images" },
      accommodation: { label: "Hébergement", help: "Chambres, hôtes et réservations" },
    },
    region: {
      "us-east-1": "États-Unis, Virginie",
      "us-east-2": "États-Unis, Ohio",
      "us-west-1": "États-Unis, Californie",
      "us-west-2": "États-Unis, Oregon",
      "ca-central-1": "Canada, Montréal",
      "sa-east-1": "Brésil, São Paulo",
      "eu-west-1": "Irlande, Dublin",
      "eu-west-2": "Royaume-Uni, Londres",
      "eu-west-3": "France, Paris",
      "eu-north-1": "Suède, Stockholm",
      "eu-central-1": "Allemagne, Francfort",
      "eu-central-2": "Suisse, Zurich",
      "ap-south-1": "Inde, Mumbai",
      "ap-southeast-1": "Singapour",
      "ap-southeast-2": "Australie, Sydney",
      "ap-northeast-1": "Japon, Tokyo",
      "ap-northeast-2": "Corée du Sud, Séoul",
      "ap-east-1": "Hong Kong",
    },
    locale: { en: "English", fr: "Français", id: "Bahasa Indonesia" },
  },

  check: {
    missing: "Veuillez remplir ce champ.",
    choose: "Veuillez choisir au moins un élément.",
    email: "Cela ne ressemble pas à une adresse e-mail : elle comporte un @ suivi d’un point.",
    slug: "De 3 à 40 minuscules, chiffres et traits d’union isolés, en commençant par une lettre. Quelques mots, comme « admin », sont réservés.",
    refused: "Veuillez revoir ce champ.",
    some: "Certaines réponses sont à revoir.",
  },

  trouble: {
    tooMany: "C’était un peu trop à la fois. Veuillez réessayer plus tard.",
    ours: "Un problème est survenu de notre côté. Rien n’est perdu : veuillez réessayer dans un instant.",
    offline: "Le serveur est injoignable. Veuillez vérifier votre connexion et réessayer.",
    link: "Ce lien n’est pas valable. Veuillez ouvrir celui de notre dernier message, ou refaire une demande.",
    other: "Nous n’avons pas pu accepter cela.",
  },

  sent: {
    title: "Presque terminé : consultez votre boîte de réception",
    mail: (email) =>
      `Nous avons envoyé un message à ${email}. Ouvrez son lien pour confirmer l’adresse ; nous examinerons ensuite votre demande.`,
    noMail: "Rien après quelques minutes ? Regardez parmi les messages indésirables.",
    titleDone: "Merci, votre demande est arrivée",
    done: "Une personne l’examine bientôt. Vous n’avez rien à faire.",
    follow: "Voir où elle en est",
  },

  confirm: {
    title: "Confirmez votre adresse",
    intro: "Un seul geste, et nous savons que la demande vient de vous.",
    button: "Oui, c’est mon adresse",
    busy: "Confirmation en cours…",
    doneTitle: "Merci, c’est confirmé",
    done: (name) =>
      `Nous examinons maintenant votre demande pour ${name}. Un message avec le lien de suivi est en route.`,
    noToken: "Cette adresse est incomplète. Veuillez rouvrir le lien de notre message.",
  },

  status: {
    title: (name) => `Votre demande pour ${name}`,
    since: (date) => `Demandé le ${date}`,
    stages: { asked: "Demandé", confirmed: "Adresse confirmée", approved: "Accepté", ready: "Prêt" },
    stageDone: "terminé",
    stageNow: "en cours",
    stageNext: "à venir",
    unconfirmed:
      "Veuillez confirmer votre adresse : le lien se trouve dans le message que nous vous avons envoyé.",
    pending: "Votre demande est chez nous. Une personne l’examine bientôt, et vous recevrez un message.",
    approved: "Bonne nouvelle : votre demande est acceptée. Nous commençons dans un instant.",
    provisioning:
      "Nous préparons tout pour vous. Cela prend quelques minutes ; vous pouvez fermer cette page.",
    deployed: "Tout est prêt. Un message vous apporte le premier mot de passe.",
    failed:
      "Tout ne s’est pas passé comme prévu. Nous le savons et nous nous en occupons ; vous n’avez rien à faire.",
    rejected: "Nous ne pouvons pas réaliser cela pour vous pour le moment.",
    reason: "La raison",
    askAgain: "Si la situation change, n’hésitez pas à refaire une demande.",
    withdrawn: "Cette demande a été retirée.",
    open: "Ouvrir votre application",
    address: "Votre adresse",
    noToken: "Cette adresse est incomplète. Veuillez rouvrir le lien de notre message.",
    stale: "Pas de connexion pour l’instant. Ce que vous voyez date un peu ; nous réessayons.",
  },

  live: {
    title: "Ce qui se passe",
    bar: "Avancement",
    count: (done, of) => `${done} étapes sur ${of} terminées`,
    now: "En ce moment",
    done: "Terminé",
    retrying: "Une étape demande un nouvel essai ; cela se fait tout seul.",
    undoing: "Nous remettons en ordre ce qui avait été commencé.",
    starting: "Cela commence dans un instant.",
    other: "Une autre partie",
  },

  steps: {
    "supabase.project": "Une base de données à vous",
    "supabase.database": "Le démarrage de la base de données",
    "supabase.api-keys": "Les clés d’un accès sûr",
    "postgres.schema": "Les tables pour vos données",
    "supabase.user": "Votre compte",
    "supabase.auth-config": "La connexion",
    "github.repository": "Une place pour le code de votre application",
    "github.file": "Vos réglages",
    "vercel.project": "Une place sur le web",
    "vercel.environment": "La liaison du site et de la base de données",
    "vercel.deployment": "La construction et la mise en ligne de votre site",
    "netlify.site": "Une place sur le web",
    "netlify.environment": "La liaison du site et de la base de données",
    "netlify.deployment": "La construction et la mise en ligne de votre site",
    "n8n.credential": "Les accès de vos automatisations",
    "n8n.workflow": "Vos automatisations",
    "gitea.folder": "Vos fichiers",
    "email.send": "Le message de bienvenue",
  },
};
