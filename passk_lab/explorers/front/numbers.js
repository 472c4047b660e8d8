// Numbers as text, as expression.number_text writes them.
// @ts-check

/**
 * A number to so many significant digits; whole numbers in full.
 * @param {number} number
 * @param {number} [digits]
 */
export function numberText(number, digits = 3) {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number);
  const size = Math.abs(number);
  if (size >= 1e-3 && size < 1e15) {
    const text = number.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
    return digits > 6 ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  }
  let exponent = Math.floor(Math.log10(size));
  let mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  if (Math.abs(Number(mantissa)) >= 10) {
    exponent += 1;
    mantissa = (number / 10 ** exponent).toFixed(digits - 1);
  }
  return `${mantissa}e${exponent}`;
}

/**
 * A whole number in raised digits.
 * @param {number} whole
 */
export const superscript = (whole) =>
  Array.from(String(whole), (letter) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(letter)]).join("");
