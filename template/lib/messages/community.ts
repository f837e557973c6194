const en = {
  notReady: "This community’s page is being prepared",
  notReadyLead: "Its name is not in the vault yet.",
  announcements: "Announcements",
  noAnnouncements: "Nothing has been announced yet.",
  pinned: "Pinned",
  at: "Place: {place}",
  from: "From",
  until: "Until",
  map: "Map",
  mapOf: "Map around {latitude}, {longitude}",
  openMap: "Open in OpenStreetMap",
  places: "Places",
  noPlaces: "No place has been added yet.",
  website: "Website",
  peers: "Communities we are connected with",
  contact: "Contact",
  members: "For members",
};

type CommunityWords = typeof en;

const fr: CommunityWords = {
  notReady: "La page de cette communauté se prépare",
  notReadyLead: "Son nom n’est pas encore dans le coffre.",
  announcements: "Annonces",
  noAnnouncements: "Aucune annonce pour l’instant.",
  pinned: "Épinglé",
  at: "Lieu : {place}",
  from: "Du",
  until: "Jusqu’au",
  map: "Carte",
  mapOf: "Carte autour de {latitude}, {longitude}",
  openMap: "Ouvrir dans OpenStreetMap",
  places: "Lieux",
  noPlaces: "Aucun lieu n’a encore été ajouté.",
  website: "Site web",
  peers: "Communautés avec lesquelles nous sommes en lien",
  contact: "Contact",
  members: "Accès des membres",
};

const id: CommunityWords = {
  notReady: "Halaman komunitas ini sedang disiapkan",
  notReadyLead: "Namanya belum ada di brankas.",
  announcements: "Pengumuman",
  noAnnouncements: "Belum ada pengumuman.",
  pinned: "Disematkan",
  at: "Tempat: {place}",
  from: "Mulai",
  until: "Sampai",
  map: "Peta",
  mapOf: "Peta di sekitar {latitude}, {longitude}",
  openMap: "Buka di OpenStreetMap",
  places: "Tempat",
  noPlaces: "Belum ada tempat yang ditambahkan.",
  website: "Situs web",
  peers: "Komunitas yang terhubung dengan kami",
  contact: "Kontak",
  members: "Untuk anggota",
};

/** What a community's pages say. */
export const community = { en, fr, id };
