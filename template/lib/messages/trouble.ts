/** What an error page says; it stands apart because the browser gets it in every language. */
export const trouble = {
  en: {
    title: "Something went wrong",
    lead: "The page could not be shown. Your data is safe; try again in a moment.",
    again: "Try again",
    notFound: "There is nothing at this address",
    notFoundLead: "The page may have moved, or its module is not switched on.",
    home: "Go to the overview",
    setup: "This application is not set up yet",
    setupLead: "Whoever looks after it has to fix this, then start it again:",
  },
  fr: {
    title: "Une erreur s’est produite",
    lead: "La page n’a pas pu être affichée. Vos données sont intactes ; réessayez dans un instant.",
    again: "Réessayer",
    notFound: "Il n’y a rien à cette adresse",
    notFoundLead: "La page a peut-être changé de place, ou son module n’est pas activé.",
    home: "Aller à la vue d’ensemble",
    setup: "Cette application n’est pas encore configurée",
    setupLead: "La personne qui s’en occupe doit corriger ceci, puis la redémarrer :",
  },
  id: {
    title: "Terjadi kesalahan",
    lead: "Halaman tidak dapat ditampilkan. Data Anda aman; coba lagi sebentar lagi.",
    again: "Coba lagi",
    notFound: "Tidak ada apa-apa di alamat ini",
    notFoundLead: "Halaman mungkin sudah pindah, atau modulnya tidak aktif.",
    home: "Ke ringkasan",
    setup: "Aplikasi ini belum disiapkan",
    setupLead: "Pengelolanya perlu memperbaiki ini, lalu menjalankannya kembali:",
  },
};
