/** Shorter values are not masked: they would take the letters out of every line. */
const MIN_LENGTH = 4;
/** A shorter piece of an encoding would be found in what has nothing to do with the secret. */
const MIN_ENCODED_LENGTH = 6;

/**
 * The forms in which a secret usually appears: as it is, in URLs and forms, inside JSON as several languages write it, in
 * base64 and its form for URLs (wherever the secret stands in what was encoded), and in hexadecimal.
 */
export function secretForms(value: string): Set<string> {
  const forms = [...lineForms(value), ...value.split(/\r?\n/).flatMap(lineForms)].filter(isLongEnough);
  return new Set(forms.length === 0 ? [] : [...forms, ...encodedForms(value)]);
}

/** The same without the lines of a secret that has several. */
export function wholeForms(value: string): Set<string> {
  return new Set([...lineForms(value).filter(isLongEnough), ...encodedForms(value)]);
}

function isLongEnough(form: string): boolean {
  return form.trim().length >= MIN_LENGTH;
}

function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const hex = bytes.toString("hex");
  return [hex, hex.toUpperCase(), ...base64Forms(bytes)].filter((form) => form.length >= MIN_ENCODED_LENGTH);
}

function lineForms(text: string): string[] {
  const wellFormed = text.toWellFormed();
  const inUrl = encodeURIComponent(wellFormed);
  // As forms have it (the URL standard): a space is "+", and more is escaped.
  const inForm = new URLSearchParams({ "": wellFormed }).toString().slice(1);
  const inJson = JSON.stringify(text).slice(1, -1);
  const asciiJson = inJson.replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const urls = [inUrl, inForm].flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]);
  // JSON inside of JSON, such as a body in a field of a log line, and what the console makes of a text within an object.
  const twice = [JSON.stringify(inJson).slice(1, -1), ...[text, inJson].map((form) => form.replaceAll("\\", "\\\\"))];
  const texts = [inJson, asciiJson, ...twice].flatMap((form) => [form, form.replaceAll("/", "\\/")]);
  return [text, ...urls, ...texts];
}

/**
 * What is the same in base64 whatever stands before and after: three bytes become four characters, so there are three
 * ways to begin, and characters that carry bits of a neighbour are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const begin = Math.ceil((before * 8) / 6);
    const whole = encoded.slice(begin, Math.floor(((before + bytes.length) * 8) / 6));
    // Where nothing follows, the rest of the last character is of the secret too.
    return [whole, encoded.slice(begin), encoded.slice(begin).replace(/=+$/, "")];
  });
  return [...forms, ...forms.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"))];
}
