import type { accountEn } from './account-en.ts'

/** What the pages say of passkeys, and the page of the account, in German. */
export const accountDe: typeof accountEn = {
  passkey: 'Passkey',
  passkeySignIn: 'Mit einem Passkey anmelden',
  passkeyUse: 'Passkey verwenden',
  passkeyFailed: 'Es wurde kein Passkey verwendet. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
  passkeyRefused:
    'Dieser Passkey ist hier nicht bekannt, oder es hat zu lange gedauert. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Weg.',
  passkeyTitle: 'Passkey verwenden',
  passkeyAsked: 'Ihr Gerät oder ein Telefon in der Nähe hat einen Passkey für dieses Konto.',
  passkeyNeedsScript: 'Passkeys brauchen JavaScript. Schalten Sie es ein, und laden Sie diese Seite neu.',
  passkeyAdd: 'Passkey hinzufügen',
  passkeyAddIntro:
    'Ein Passkey meldet Sie mit dem an, was Ihr Gerät entsperrt: Finger, Gesicht oder PIN. Es gibt keinen Code, auf den Sie warten, und keinen, den Sie verraten könnten.',
  passkeyName: 'Name, zum Unterscheiden',
  passkeyNotMade: 'Es wurde kein Passkey erstellt. Versuchen Sie es noch einmal.',
  passkeyKnown: 'Dieses Gerät hat schon einen Passkey für dieses Konto.',
  passkeyNotAdded:
    'Dieser Passkey wurde nicht hinzugefügt: Es hat zu lange gedauert, er ist schon bekannt, oder es sind schon 20. Versuchen Sie es noch einmal.',
  passkeysNone: 'Sie haben keinen Passkey.',
  passkeysNotHere: 'Hier gibt es keine Passkeys, denn dieses Gateway hat keinen Namen, nur eine Adresse.',
  passkeyTimes: (added, used) =>
    used === null
      ? `Hinzugefügt am ${added}, noch nicht benutzt`
      : `Hinzugefügt am ${added}, zuletzt benutzt am ${used}`,
  rename: 'Umbenennen',
  renameOf: name => `${name} umbenennen`,
  remove: 'Entfernen',
  removeOf: name => `${name} entfernen`,
  accountTitle: 'Wie Sie sich anmelden',
  accountLeft: 'Sie haben sich nicht angemeldet.',
  accountKept:
    'Sie kommen über die Anmeldung Ihrer Organisation, und Sie betreiben dieses Gateway. Melden Sie sich mit einem Code oder Passkey an, um hier etwas zu ändern.',
  accountPasskeys: 'Passkeys',
  accountProgram: 'Programm für Codes',
  programThere: 'Es ist eingerichtet. Nach einem Code wird gefragt, wo ein Faktor nicht genügt.',
  programNone: 'Es ist keines eingerichtet.',
  programSetUp: 'Eines einrichten',
  programRemove: 'Entfernen, mit seinen Ersatzcodes',
  accountSessions: 'Wo Sie angemeldet sind',
  sessionsIntro:
    'Wenn ein Gerät verloren ist, oder Sie sich angemeldet haben, wo auch andere sind: Das meldet Sie in jedem Browser und jedem Produkt ab, auch hier. Bis ein Produkt es bemerkt, können Minuten vergehen.',
  signOutEverywhere: 'Überall abmelden',
  signedOutEverywhere: 'Sie sind überall abgemeldet.',
}
