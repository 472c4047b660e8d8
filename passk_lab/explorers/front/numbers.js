// Numbers as text, as expression.number_text and expression.number_words write them.
// @ts-check

/**
 * A number to so many significant digits, as a program reads it back; whole numbers in full.
 * @param {number} number
 * @param {number} [digits]
 */
export function numberText(number, digits = 3) {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number);
  const size = Math.abs(number);
  if (size >= 1e-3 && size < 1e15) {
    const text = number.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
    return digits > 6 ? withoutZeros(text) : text;
  }
  const [mantissa, exponent] = mantissaOf(number, digits);
  return `${mantissa}e${exponent}`;
}

/**
 * A number for the eye: very large and very small ones with a power of ten.
 * @param {number} number
 * @param {number} [digits]
 */
export function numberWords(number, digits = 3) {
  const size = Math.abs(number);
  if (number === 0 || (size >= 1e-3 && size < 1e6)) return numberText(number, digits);
  const [mantissa, exponent] = mantissaOf(number, digits), power = `10${superscript(exponent)}`;
  const text = digits > 6 || Number.isInteger(number) ? withoutZeros(mantissa) : mantissa;
  return text === "1" ? power : `${text} × ${power}`;
}

/** @type {(text: string) => string} */
const withoutZeros = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);

/** @type {(number: number, digits: number) => [string, number]} */
function mantissaOf(number, digits) {
  let exponent = Math.floor(Math.log10(Math.abs(number)));
  let mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  if (Math.abs(Number(mantissa)) >= 10) {
    exponent += 1;
    mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  }
  return [mantissa, exponent];
}

/**
 * A whole number in raised digits.
 * @param {number} whole
 */
export const superscript = (whole) =>
  Array.from(String(whole), (letter) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(letter)]).join("");
