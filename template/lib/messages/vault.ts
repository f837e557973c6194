const en = {
  lead: "What this application reads whenever it shows a page, and the keys of other services.",
  missing: "The vault could not be read",
  missingLead:
    "The function vault_list is missing in this application’s database, or may not be used. Bring its schema up to date.",
  key: "Key",
  keyHint: "A-Z, 0-9 and _, for example OPENAI_API_KEY.",
  type: "Type",
  secret: "Secret",
  secretHint: "A secret value is stored and never shown again.",
  value: "Value",
  valueHint: "Coordinates as latitude, longitude, zoom: 48.85, 2.35, 13.",
  hidden: "stored, not shown",
  changedAt: "Changed",
  changedBy: "By",
  addKey: "Add a key",
  change: "Change",
  replace: "Replace",
  history: "What changed",
  act: "Act",
  before: "Before",
  after: "After",
  badKey: "A key is made of A-Z, 0-9 and _, and does not start with ATOLL_.",
  badValue: "This value does not fit its type.",
};

type VaultWords = typeof en;

const fr: VaultWords = {
  lead: "Ce que l’application lit à chaque page, et les clés des autres services.",
  missing: "Le coffre n’a pas pu être lu",
  missingLead:
    "La fonction vault_list manque dans la base de cette application, ou n’y est pas permise. Mettez son schéma à jour.",
  key: "Clé",
  keyHint: "A-Z, 0-9 et _, par exemple OPENAI_API_KEY.",
  type: "Type",
  secret: "Secret",
  secretHint: "Une valeur secrète est enregistrée et n’est plus jamais affichée.",
  value: "Valeur",
  valueHint: "Coordonnées : latitude, longitude, zoom, par exemple 48.85, 2.35, 13.",
  hidden: "enregistrée, non affichée",
  changedAt: "Modifié",
  changedBy: "Par",
  addKey: "Ajouter une clé",
  change: "Modifier",
  replace: "Remplacer",
  history: "Ce qui a changé",
  act: "Action",
  before: "Avant",
  after: "Après",
  badKey: "Une clé se compose de A-Z, 0-9 et _, et ne commence pas par ATOLL_.",
  badValue: "Cette valeur ne convient pas à son type.",
};

const id: VaultWords = {
  lead: "Yang dibaca aplikasi ini setiap kali menampilkan halaman, dan kunci layanan lain.",
  missing: "Brankas tidak dapat dibaca",
  missingLead:
    "Fungsi vault_list tidak ada di basis data aplikasi ini, atau tidak boleh dipakai. Perbarui skemanya.",
  key: "Kunci",
  keyHint: "A-Z, 0-9, dan _, misalnya OPENAI_API_KEY.",
  type: "Jenis",
  secret: "Rahasia",
  secretHint: "Nilai rahasia disimpan dan tidak pernah ditampilkan lagi.",
  value: "Nilai",
  valueHint: "Koordinat: lintang, bujur, zoom, misalnya -6.2, 106.8, 13.",
  hidden: "tersimpan, tidak ditampilkan",
  changedAt: "Diubah",
  changedBy: "Oleh",
  addKey: "Tambah kunci",
  change: "Ubah",
  replace: "Ganti",
  history: "Yang berubah",
  act: "Tindakan",
  before: "Sebelum",
  after: "Sesudah",
  badKey: "Kunci terdiri dari A-Z, 0-9, dan _, dan tidak diawali ATOLL_.",
  badValue: "Nilai ini tidak cocok dengan jenisnya.",
};

/** What the page of the vault says. */
export const vault = { en, fr, id };
