/** What stands for a sign of a secret. */
const HIDDEN = '*';

/** Passwords where programs have them: in a URL (of NATS also by themselves, as tokens), among the parameters of one, and as a text that an argument or a header gives. */
const PLACES: readonly RegExp[] = [
  /(\b[a-z][a-z\d+.-]*:\/\/[^\s:@/?#"'`]*:)([^\s/?#"'`]*)(?=@)/gi,
  /(\b(?:nats|tls):\/\/)([^\s:@/?#"'`]+)(?=@)/gi,
  /([?&](?:[\w.-]*(?:password|passwd|token|secret|signature|credential|api[_-]?key)|pwd|sig|auth)=)([^\s&#"'`]*)/gi,
  /((?:\b(?:password|token|secret)|["'][\w-]*(?:authorization|cookie|password|token|secret|api[_-]?key)["'])\s*:\s*["'])((?:[^"'\\]|\\.)*)(?=["'])/gi,
];

/** What is put in for a variable of the environment, which is no secret itself. */
const VARIABLE = /\$\{\w*\}/;

/** A text, such as that of a program, with `*` for each sign of the passwords and tokens in it: as long as it was, so that places in it stay where they are. */
export function hideSecrets(text: string): string {
  return hidden(text, (secret) => HIDDEN.repeat(secret.length));
}

/** The same where nothing depends on places: how long a secret is does not show either, and one text stands for all of them. */
export function withoutSecrets(text: string): string {
  return hidden(text, () => HIDDEN.repeat(3));
}

function hidden(text: string, stars: (secret: string) => string): string {
  return PLACES.reduce(
    (shown, place) =>
      shown.replace(place, (whole: string, before: string, secret: string) =>
        secret === '' || VARIABLE.test(secret) ? whole : before + stars(secret),
      ),
    text,
  );
}

const URL_START = /^[a-z][a-z\d+.-]*:\/\//i;

/** An argument that is a secret or has one in it, to be shown: of a URL what is no secret, of others the variables that stand for them. */
export function withoutSecret(value: string): string {
  return URL_START.test(value) || VARIABLE.test(value) ? withoutSecrets(value) : HIDDEN.repeat(3);
}
