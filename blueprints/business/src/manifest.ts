import { type Locale, moduleNames, type WorkflowModule, workflowModules } from "./modules.ts";
import type { Answers } from "./questions.ts";

// What the application tells people about a module's automations.
const automations: Record<Locale, Record<WorkflowModule, string[]>> = {
  en: {
    crm: ["Leads from your forms become contacts.", "Every morning: a reminder of overdue tasks."],
    email: [
      "Every five minutes: campaigns that are due go out.",
      "The unsubscribe link in each mail is obeyed at once.",
    ],
    social: ["Every five minutes: posts that are due are published."],
    content: ["Every five minutes: pieces that are due are published."],
  },
  fr: {
    crm: [
      "Les demandes de vos formulaires deviennent des contacts.",
      "Chaque matin : un rappel des tâches en retard.",
    ],
    email: [
      "Toutes les cinq minutes : les campagnes arrivées à échéance sont envoyées.",
      "Le lien de désinscription de chaque e-mail est appliqué aussitôt.",
    ],
    social: ["Toutes les cinq minutes : les publications arrivées à échéance sont publiées."],
    content: ["Toutes les cinq minutes : les contenus arrivés à échéance sont publiés."],
  },
  id: {
    crm: ["Prospek dari formulir Anda menjadi kontak.", "Setiap pagi: pengingat tugas yang terlambat."],
    email: [
      "Setiap lima menit: kampanye yang jatuh tempo dikirim.",
      "Tautan berhenti berlangganan di setiap email langsung berlaku.",
    ],
    social: ["Setiap lima menit: kiriman yang jatuh tempo diterbitkan."],
    content: ["Setiap lima menit: konten yang jatuh tempo diterbitkan."],
  },
};

/** `client-config.json`: who the client is and what the application shows. Holds no secret. */
export function clientConfig(id: string, answers: Answers): string {
  const { name, slug, modules, locale } = answers;
  const config = {
    client: { id, slug, name },
    modules: Object.fromEntries(moduleNames.map((each) => [each, modules.includes(each)])),
    locale,
    automations: Object.fromEntries(
      workflowModules
        .filter((each) => modules.includes(each))
        .map((each) => [each, automations[locale][each]]),
    ),
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
