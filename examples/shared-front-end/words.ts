/** What the pages say, by language. */
const words = {
  en: {
    places: "Places",
    announcements: "Announcements",
    nothing: "Nothing here yet.",
    map: "Centre of the map",
    pausedTitle: "We will be back",
    paused: "This community is paused. Come back later.",
    archivedTitle: "Archived",
    archived: "This community has closed its page.",
    unknownTitle: "Nobody lives here",
    unknown: "Nothing answers at this address. Check how it is written.",
    unsureTitle: "One moment",
    unsure: "This page cannot be shown just now. Try again in a moment.",
  },
  fr: {
    places: "Lieux",
    announcements: "Annonces",
    nothing: "Rien pour l'instant.",
    map: "Centre de la carte",
    pausedTitle: "Nous revenons bientôt",
    paused: "Cette communauté est en pause. Revenez plus tard.",
    archivedTitle: "Archivée",
    archived: "Cette communauté a fermé sa page.",
    unknownTitle: "Personne n'habite ici",
    unknown: "Rien ne répond à cette adresse. Vérifiez comment elle est écrite.",
    unsureTitle: "Un instant",
    unsure: "Cette page ne peut pas être affichée. Réessayez dans un instant.",
  },
  id: {
    places: "Tempat",
    announcements: "Pengumuman",
    nothing: "Belum ada apa-apa.",
    map: "Pusat peta",
    pausedTitle: "Kami akan kembali",
    paused: "Komunitas ini sedang dijeda. Silakan kembali nanti.",
    archivedTitle: "Diarsipkan",
    archived: "Komunitas ini telah menutup halamannya.",
    unknownTitle: "Tidak ada siapa pun di sini",
    unknown: "Tidak ada yang menjawab di alamat ini. Periksa penulisannya.",
    unsureTitle: "Sebentar",
    unsure: "Halaman ini belum dapat ditampilkan. Coba lagi sebentar lagi.",
  },
} as const;

type Locale = keyof typeof words;

/** The words of a language; English where it is not spoken here. */
export function wordsIn(
  locale: string | null,
): Record<keyof (typeof words)["en"], string> & { lang: Locale } {
  const lang = (["en", "fr", "id"] as const).find((each) => each === locale) ?? "en";
  return { ...words[lang], lang };
}
