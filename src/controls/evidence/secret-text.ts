/** What looks like a secret, by its name or by itself. */

/** Names of what holds a secret, not the way to one. */
const NAME =
  /(PASS(W(OR)?D|PHRASE)?|PWD|SECRET|TOKEN|(API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)[_-]?KEY|CREDENTIALS?)(?!.*[_-]?(FILE|PATH|URL|NAME|ARN|ID|DIR|MODE|TTL|POLICY|LENGTH)$)/i;

/** A password in a URL, a token of a kind that is known, a key. */
const VALUE =
  /:\/\/[^/\s:@]+:[^/\s:@$]+@|\beyJ[\w-]{10,}\.[\w-]{10,}\.|\b(sk|rk)_live_\w+|\bgh[pousr]_\w{20,}|\bglpat-[\w-]{15,}|\bxox[abprs]-[\w-]+|\bAKIA[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|"auths"\s*:/;

/** Whether a variable, a key or an annotation of this name holds a secret where it has a value. */
export const isSecretName = (name: string): boolean => NAME.test(name);

export const isSecretValue = (value: string): boolean => VALUE.test(value);

/** `--password=x`, `Authorization: Bearer x` among a command's words. */
export const isSecretArgument = (text: string): boolean =>
  isSecretValue(text) ||
  /(^|\s)--?[\w-]*(password|passwd|secret|token|api-key)[= ](?!\$|\/)\S|Authorization:\s*(Bearer|Basic)\s+(?!\$)\S/i.test(
    text,
  );
