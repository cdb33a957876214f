/** What stands for a sign of a secret. */
const HIDDEN = '*';

/** Passwords where programs have them: in a URL, among the parameters of one, and as a text that an argument gives. */
const PLACES: readonly RegExp[] = [
  /(\b[a-z][a-z\d+.-]*:\/\/[^\s:@/?#"'`]*:)([^\s/?#"'`]*)(?=@)/gi,
  /([?&](?:password|token|secret)=)([^\s&#"'`]*)/gi,
  /(\b(?:password|token|secret)\s*:\s*["'])((?:[^"'\\]|\\.)*)(?=["'])/gi,
];

/** What is put in for a variable of the environment, which is no secret itself. */
const VARIABLE = /\$\{\w*\}/;

/** A text, such as that of a program, with `*` for each sign of the passwords and tokens in it: as long as it was, so that places in it stay where they are. */
export function hideSecrets(text: string): string {
  return PLACES.reduce(
    (shown, place) =>
      shown.replace(place, (whole: string, before: string, secret: string) =>
        VARIABLE.test(secret) ? whole : before + HIDDEN.repeat(secret.length),
      ),
    text,
  );
}

/** The same where nothing depends on places: how long a secret is does not show either, and one text stands for all of them. */
export function withoutSecrets(text: string): string {
  return hideSecrets(text).replaceAll(/\*+/g, '***');
}
