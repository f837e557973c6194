/** One phrase of a refusal in every language. `{name}` stands for what differs from time to time. */
interface Phrase {
  en: string;
  fr: string;
  id: string;
}

/** What is wrong with an answer; it stands behind the question's name, or at its field. */
export const problemPhrases: readonly Phrase[] = [
  { en: "is missing", fr: "manque", id: "belum diisi" },
  { en: "is empty", fr: "est vide", id: "masih kosong" },
  { en: "has to be text", fr: "doit être un texte", id: "harus berupa teks" },
  {
    en: "has more than {count} characters",
    fr: "compte plus de {count} caractères",
    id: "lebih dari {count} karakter",
  },
  {
    en: "holds line breaks or other characters that cannot be printed",
    fr: "contient des retours à la ligne ou d'autres caractères qui ne s'impriment pas",
    id: "berisi pergantian baris atau karakter lain yang tidak dapat dicetak",
  },
  {
    en: "holds no letter and no digit",
    fr: "ne contient ni lettre ni chiffre",
    id: "tidak berisi huruf maupun angka",
  },
  {
    en: "is no whole number from {least} to {most}",
    fr: "n'est pas un nombre entier de {least} à {most}",
    id: "bukan bilangan bulat dari {least} sampai {most}",
  },
  { en: "reads like a path", fr: "ressemble à un chemin de fichiers", id: "tampak seperti jalur berkas" },
  {
    en: "{typed} is no {what}: choose {list}",
    fr: "{typed} n'est pas proposé : choisissez parmi {list}",
    id: "{typed} tidak tersedia: pilih {list}",
  },
  { en: "has to be a list of {what}", fr: "doit être une liste", id: "harus berupa daftar" },
  { en: "names no {what}", fr: "n'indique aucun choix", id: "belum ada yang dipilih" },
  {
    en: "has {count} characters; 3 to 40 are allowed",
    fr: "compte {count} caractères ; il en faut de 3 à 40",
    id: "memiliki {count} karakter; harus 3 sampai 40",
  },
  {
    en: "may hold only a-z, 0-9 and -, starts with a letter and ends with a letter or digit",
    fr: "ne peut contenir que a-z, 0-9 et -, commence par une lettre et finit par une lettre ou un chiffre",
    id: "hanya boleh berisi a-z, 0-9, dan -, diawali huruf dan diakhiri huruf atau angka",
  },
  {
    en: "may not hold two hyphens in a row",
    fr: "ne peut pas contenir deux traits d'union de suite",
    id: "tidak boleh berisi dua tanda hubung berturut-turut",
  },
  {
    en: "is reserved: {slug} has a meaning of its own",
    fr: "est réservé : {slug} a un sens à lui",
    id: "sudah dipakai sistem: {slug} punya arti tersendiri",
  },
  { en: "is no email address", fr: "n'est pas une adresse e-mail", id: "bukan alamat surel" },
  {
    en: "{typed} is not offered by Supabase; the nearest that is offered is {region}",
    fr: "{typed} n'est pas proposé ; le lieu le plus proche est {region}",
    id: "{typed} tidak tersedia; yang terdekat adalah {region}",
  },
  {
    en: "{typed} is not offered by Supabase",
    fr: "{typed} n'est pas proposé",
    id: "{typed} tidak tersedia",
  },
  {
    en: "is no currency code, like EUR",
    fr: "n'est pas un code de devise, comme EUR",
    id: "bukan kode mata uang, seperti IDR",
  },
  {
    en: "have to be fields with values",
    fr: "doivent être des champs avec des valeurs",
    id: "harus berupa kolom beserta nilainya",
  },
  {
    en: "is no question here; there are {list}",
    fr: "n'est pas une question de ce formulaire ; il y a {list}",
    id: "bukan pertanyaan di formulir ini; yang ada: {list}",
  },
  {
    en: "is no question here",
    fr: "n'est pas une question de ce formulaire",
    id: "bukan pertanyaan di formulir ini",
  },
  {
    en: "is no point on the map: {hint}",
    fr: "n'est pas un point sur la carte : donnez la latitude et la longitude en degrés, comme 48.8566, 2.3522, ou un lien vers le lieu sur OpenStreetMap ou Google Maps",
    id: "bukan titik di peta: berikan lintang dan bujur dalam derajat, seperti -6.2, 106.8, atau tautan ke tempatnya di OpenStreetMap atau Google Maps",
  },
  {
    en: "made from the name ({slug}) {problem}: give one",
    fr: "tiré du nom ({slug}) {problem} : indiquez-en un",
    id: "dari nama ({slug}) {problem}: tentukan sendiri",
  },
];

/** Whole sentences: what happened, or what to do. */
export const sentencePhrases: readonly Phrase[] = [
  {
    en: "Correct the answers and try again; nothing has been made yet.",
    fr: "Corrigez les réponses et réessayez ; rien n'a encore été créé.",
    id: "Perbaiki jawaban lalu coba lagi; belum ada yang dibuat.",
  },
  {
    en: "Correct {field} and try again; nothing has been made yet.",
    fr: "Corrigez {field} et réessayez ; rien n'a encore été créé.",
    id: "Perbaiki {field} lalu coba lagi; belum ada yang dibuat.",
  },
  {
    en: "The slug {slug} is taken: it was registered by hand.",
    fr: "Le nom court {slug} est déjà pris.",
    id: "Nama pendek {slug} sudah dipakai.",
  },
  { en: "Choose another slug.", fr: "Choisissez un autre nom court.", id: "Pilih nama pendek lain." },
  {
    en: "What you have already cannot be brought by this form.",
    fr: "Ce que vous avez déjà ne peut pas être apporté par ce formulaire.",
    id: "Yang sudah Anda miliki tidak dapat dibawa melalui formulir ini.",
  },
  {
    en: "Leave it out, and write to us about it.",
    fr: "Laissez-le de côté et écrivez-nous à ce sujet.",
    id: "Kosongkan saja, lalu tulis kepada kami.",
  },
  {
    en: "There is no blueprint {name}.",
    fr: "Ce type d'application n'existe pas.",
    id: "Jenis aplikasi ini tidak ada.",
  },
  { en: "Use one of: {list}.", fr: "Choisissez parmi : {list}.", id: "Pilih salah satu: {list}." },
  {
    en: "Too many requests came from here.",
    fr: "Trop de demandes sont venues d'ici.",
    id: "Terlalu banyak permintaan dari sini.",
  },
  {
    en: "Wait an hour, then ask again.",
    fr: "Attendez une heure, puis demandez à nouveau.",
    id: "Tunggu satu jam, lalu coba lagi.",
  },
  { en: "This link is not valid.", fr: "Ce lien n'est pas valable.", id: "Tautan ini tidak berlaku." },
  {
    en: "Open the link of the newest mail, or ask again.",
    fr: "Ouvrez le lien du message le plus récent, ou demandez à nouveau.",
    id: "Buka tautan pada surel terbaru, atau minta lagi.",
  },
  { en: "There is no such request.", fr: "Cette demande n'existe pas.", id: "Permintaan ini tidak ada." },
  {
    en: "Look at the list; it may have been removed.",
    fr: "Elle a peut-être été retirée.",
    id: "Mungkin sudah dihapus.",
  },
  {
    en: "The input is too large.",
    fr: "Les données sont trop volumineuses.",
    id: "Data terlalu besar.",
  },
  { en: "Send less than 256 KiB.", fr: "Envoyez moins de 256 Kio.", id: "Kirim kurang dari 256 KiB." },
  {
    en: "{where} holds a NUL character.",
    fr: "Les données contiennent un caractère nul.",
    id: "Data berisi karakter NUL.",
  },
  { en: "Leave it out.", fr: "Retirez-le.", id: "Hapus karakter itu." },
  {
    en: "{where} is not as it should be: {problem}",
    fr: "Les données ne sont pas comme il faut : {problem}",
    id: "Data tidak sebagaimana mestinya: {problem}",
  },
  {
    en: "Correct it and send it again.",
    fr: "Corrigez et envoyez à nouveau.",
    id: "Perbaiki lalu kirim lagi.",
  },
  {
    en: "Something went wrong in the hub.",
    fr: "Quelque chose s'est mal passé de notre côté.",
    id: "Ada yang tidak beres di pihak kami.",
  },
  {
    en: "Try again; if it happens again, look for {id} in the hub's log.",
    fr: "Réessayez ; si cela se répète, dites-nous ce numéro : {id}.",
    id: "Coba lagi; bila terulang, sampaikan nomor ini kepada kami: {id}.",
  },
];
