const en = {
  title: "Team",
  lead: "Who has an account here, and as what.",
  name: "Name",
  email: "E-mail",
  role: "Role",
  since: "Since",
  noRole: "none",
  toldRoles: {
    admin: "administrator",
    manager: "manager",
    member: "member",
    staff: "staff",
    moderator: "moderator",
    client: "client",
  },
  waits: "Has not signed in with a password of their own yet",
  more: "There are more than are shown.",
  ask: "People are invited, given another role and taken out by whoever looks after this application: it holds no key that could.",
  join: "You are invited",
  joinLead:
    "The link from your mail lets you in once. After that you sign in with your e-mail address and your password.",
  accept: "Come in",
  spent: "This link has run out, or was used before. Ask whoever invited you for another one, or sign in.",
  missing: "Something is missing from this address. Open the link from your mail once more.",
  signIn: "Sign in",
};

type TeamWords = typeof en;

const fr: TeamWords = {
  title: "Équipe",
  lead: "Qui a un compte ici, et avec quel rôle.",
  name: "Nom",
  email: "E-mail",
  role: "Rôle",
  since: "Depuis",
  noRole: "aucun",
  toldRoles: {
    admin: "administrateur",
    manager: "responsable",
    member: "membre",
    staff: "équipe",
    moderator: "modérateur",
    client: "client",
  },
  waits: "Ne s’est pas encore connecté avec son propre mot de passe",
  more: "Il y en a plus que ceux qui sont affichés.",
  ask: "C’est la personne qui s’occupe de cette application qui invite, change les rôles et retire l’accès : l’application n’a aucune clé pour le faire.",
  join: "Vous êtes invité",
  joinLead:
    "Le lien reçu par e-mail vous fait entrer une seule fois. Ensuite, vous vous connectez avec votre e-mail et votre mot de passe.",
  accept: "Entrer",
  spent:
    "Ce lien a expiré ou a déjà servi. Demandez-en un autre à la personne qui vous a invité, ou connectez-vous.",
  missing: "Il manque quelque chose à cette adresse. Ouvrez encore une fois le lien reçu par e-mail.",
  signIn: "Se connecter",
};

const id: TeamWords = {
  title: "Tim",
  lead: "Siapa yang memiliki akun di sini, dan sebagai apa.",
  name: "Nama",
  email: "Surel",
  role: "Peran",
  since: "Sejak",
  noRole: "tidak ada",
  toldRoles: {
    admin: "administrator",
    manager: "manajer",
    member: "anggota",
    staff: "staf",
    moderator: "moderator",
    client: "klien",
  },
  waits: "Belum masuk dengan kata sandinya sendiri",
  more: "Masih ada yang tidak ditampilkan.",
  ask: "Yang mengundang, mengganti peran, dan mengeluarkan orang adalah pengelola aplikasi ini: aplikasi tidak menyimpan kunci untuk itu.",
  join: "Anda diundang",
  joinLead:
    "Tautan dari surel memasukkan Anda satu kali. Setelah itu Anda masuk dengan alamat surel dan kata sandi Anda.",
  accept: "Masuk",
  spent:
    "Tautan ini sudah kedaluwarsa atau sudah dipakai. Mintalah yang baru kepada yang mengundang Anda, atau masuklah.",
  missing: "Ada yang kurang di alamat ini. Bukalah sekali lagi tautan dari surel Anda.",
  signIn: "Masuk dengan kata sandi",
};

/** Words of the team's page and of the page that an invitation leads to, by language. */
export const team = { en, fr, id };
