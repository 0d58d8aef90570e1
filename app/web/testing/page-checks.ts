/** Runs in the page: contrast of every text against what lies behind it, below the 4.5 of WCAG AA. */
export function lowContrasts(): readonly string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const parse = (text: string): Colour => {
    const numbers = (text.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    const scale = text.startsWith('color(') ? 255 : 1;
    const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
    return [red * scale, green * scale, blue * scale, alpha];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + below[index] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const luminance = ([red, green, blue]: Colour): number => {
    const linear = (value: number): number => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const behind = (element: Element | null): Colour =>
    element === null
      ? [255, 255, 255, 1]
      : over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  const found: string[] = [];
  for (const element of document.body.querySelectorAll('*')) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent?.trim())
      .join('');
    if (text === '' || element.getClientRects().length === 0) continue;
    const background = behind(element);
    const lights = [luminance(over(parse(getComputedStyle(element).color), background)), luminance(background)];
    const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className} '${text.slice(0, 30)}'`);
  }
  return found;
}

/** Runs in the page: what of it was not made by us, or lacks what those need who do not see it. */
export function structureProblems(): readonly string[] {
  const count = (selector: string): number => document.querySelectorAll(selector).length;
  const problems: readonly (readonly [boolean, string])[] = [
    [count('h1') !== 1, `${count('h1')} headings of the first level`],
    [count('main') !== 1, 'no main part'],
    [document.documentElement.lang !== 'en', 'no language'],
    [count('th') !== count('th[scope=col]'), 'a heading without scope'],
    [[...document.querySelectorAll('th')].some((cell) => (cell.textContent ?? '').trim() === ''), 'an empty heading'],
    [count('img:not([alt])') > 0, 'a picture without a text'],
    [count('script, iframe, object, embed, form, base, svg') > 0, 'an element that can do something'],
    [count('[onerror], [onload], [onclick], [style]') > 0, 'an attribute that can do something'],
    [[...document.querySelectorAll('a')].some((link) => link.protocol === 'javascript:'), 'a link that is a script'],
    [
      [...document.querySelectorAll('a')].some(
        (link) =>
          link.tabIndex >= 0 &&
          (link.textContent ?? '').trim() === '' &&
          link.querySelector('img[alt]:not([alt=""])') === null,
      ),
      'a link without words',
    ],
    ['pwned' in window || document.title === 'pwned', 'text of a target was run'],
    [
      document.documentElement.scrollWidth > innerWidth,
      `${document.documentElement.scrollWidth} px wide on ${innerWidth}`,
    ],
  ];
  return problems.filter(([isProblem]) => isProblem).map(([, problem]) => problem);
}
