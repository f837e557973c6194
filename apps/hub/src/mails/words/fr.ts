import type { Words } from "./en.ts";

/** The hub's mails in French. */
export const fr: Words = {
  footer: "Vous recevez ce message parce que quelqu’un a utilisé cette adresse chez nous.",
  orOpen: "Ou ouvrez cette adresse :",
  confirm: {
    subject: (name) => `Veuillez confirmer votre adresse pour ${name}`,
    lines: (name) => [
      `quelqu’un, sans doute vous, a demandé une application pour ${name} et indiqué cette adresse.`,
      "Veuillez confirmer qu’elle est bien la vôtre. D’ici là, personne n’examine la demande.",
      "Si ce n’était pas vous, vous n’avez rien à faire.",
    ],
    button: "Confirmer l’adresse",
  },
  received: {
    subject: (name) => `Nous avons bien reçu votre demande pour ${name}`,
    lines: (name) => [
      `merci : votre demande pour ${name} est arrivée et va être examinée.`,
      "Vous pouvez voir à tout moment où elle en est.",
    ],
    button: "Voir où elle en est",
  },
  approved: {
    subject: (name) => `${name} est en cours d’installation`,
    lines: (name) => [
      `votre demande pour ${name} a été acceptée et l’application est en cours d’installation. Cela prend quelques minutes.`,
      "Dès qu’elle est prête, un autre message vous apporte son adresse et votre premier mot de passe.",
    ],
    button: "Suivre l’installation",
  },
  rejected: {
    subject: (name) => `Votre demande pour ${name}`,
    lines: (name) => [
      `nous ne pouvons pas installer d’application pour ${name} pour le moment.`,
      "La raison :",
    ],
    after: "Si la situation change, n’hésitez pas à refaire une demande.",
  },
  failed: {
    subject: (instance) => `${instance} n’a pas pu être installé`,
    lines: (instance) => [`l’exécution sur ${instance} a échoué :`],
    linesAt: (instance, step) => [`l’exécution sur ${instance} a échoué à l’étape « ${step} » :`],
    next: (next) => `Que faire : ${next}`,
    undone: "Tout ce qu’elle avait créé a été supprimé ; elle peut être relancée.",
    owed: "Tout ce qu’elle avait créé n’est pas supprimé : sa page montre ce qui reste.",
    button: "Voir ce qui s’est passé",
    footer:
      "Vous recevez ce message parce que vous veillez sur ce hub. Les réglages, rubrique Alertes, disent qui le fait.",
  },
  drift: {
    subject: (instance) => `Le schéma de ${instance} a été modifié`,
    lines: (instance) => [`la base de données de ${instance} n’est pas telle que ses migrations la font :`],
    more: (count) => `et ${count} de plus`,
    after:
      "La page de l’instance montre chaque différence, et le SQL qui la réparerait. Ce message n’est envoyé qu’une fois.",
    button: "Voir",
  },
  incident: {
    subject: (of: string) => `Un problème avec ${of}`,
    lines: (of: string) => [`le hub a remarqué un problème avec ${of} :`],
    after: "Vous êtes prévenu une fois, puis une fois encore quand c’est terminé.",
    button: "Le voir",
  },
  allClear: {
    subject: (of: string) => `Tout va bien : ${of}`,
    lines: (of: string) => [`le problème avec ${of} est terminé.`],
    button: "Voir ce qui s’est passé",
  },
  teamInvitation: {
    roles: {
      admin: "administrateur",
      manager: "responsable",
      member: "membre",
      staff: "équipe",
      moderator: "modérateur",
      client: "client",
    },
    subject: (client) => `${client} vous invite`,
    lines: (client, role) => [`vous êtes invité dans l’application de ${client}, avec le rôle : ${role}.`],
    fresh: "Le lien vous fait entrer une seule fois ; vous choisissez ensuite votre mot de passe.",
    known: "Le lien vous fait entrer une seule fois ; ensuite, connectez-vous comme avant.",
    after:
      "Il fonctionne peu de temps, souvent une heure. S’il a expiré, demandez-en un autre à la personne qui vous a invité.",
    button: "Accepter l’invitation",
    footer: "Si vous ne savez pas de quoi il s’agit, vous n’avez rien à faire.",
  },
  instanceDrift: {
    subject: (instance) => `${instance} a été modifiée en dehors du hub`,
    subjectBack: (instance) => `${instance} est sans cesse modifiée en dehors du hub`,
    lines: (instance) => [`${instance} n’est plus telle qu’elle a été acceptée :`],
    comesBack:
      "La différence est revenue après chaque réparation : quelqu’un ou quelque chose la remet. Elle n’est plus réparée d’office.",
    after:
      "La page de l’instance montre chaque différence : réparez-la là, ou acceptez-la. Ce message n’est envoyé qu’une fois, puis à chaque changement.",
  },
  massDrift: {
    subject: (count) => `${count} instances ont été modifiées en dehors du hub`,
    lines: (count) => [
      `${count} instances ne sont plus telles qu’elles ont été acceptées. Quand tant d’instances changent à la fois, la cause est souvent la même :`,
    ],
    after:
      "La page de chaque instance montre ses différences : réparez-les là, ou acceptez-les. Ce message n’est envoyé qu’une fois, puis à chaque changement.",
  },
  invitation: {
    subject: "Vous êtes invité à rejoindre Atoll",
    lines: (by, role, until) => [
      `${by} vous invite à veiller sur des instances, avec le rôle ${role}.`,
      `Le lien fonctionne une seule fois, jusqu’au ${until} UTC.`,
    ],
    button: "Accepter",
    footer: "Si vous ne savez pas de quoi il s’agit, vous n’avez rien à faire.",
  },
  hello: "Bonjour,",
};
