import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onOneLine, waitIn, withoutLog, withWait } from './playwright-message.ts';

const CLICK = [
  'locator.click: Timeout 200ms exceeded.',
  'Call log:',
  "\u001b[2m  - waiting for locator('#buy')\u001b[22m",
  '\u001b[2m    - locator resolved to <button disabled id="buy">Buy</button>\u001b[22m',
  '\u001b[2m  - attempting click action\u001b[22m',
  '\u001b[2m    2 × waiting for element to be visible, enabled and stable\u001b[22m',
  '',
].join('\n');

describe('a message of Playwright', () => {
  it('says what was waited for once, without colours and log', () => {
    assert.equal(withoutLog(CLICK), 'locator.click: Timeout 200ms exceeded.');
    assert.equal(waitIn(CLICK), "waiting for locator('#buy')");
    const told = withWait(withoutLog(CLICK), waitIn(CLICK));
    assert.equal(told, "locator.click: Timeout 200ms exceeded. (waiting for locator('#buy'))");
    assert.equal(withWait(told, waitIn(CLICK)), told);
    assert.equal(withWait('it was "hi"', waitIn(CLICK), 'locator(\'#buy\') toHaveText "ho"'), 'it was "hi"');
  });
  it('reads the log of a navigation and of a wait for an address', () => {
    const line = '  - navigating to "https://shop.example/", waiting until "load"';
    assert.equal(waitIn(`page.goto: Timeout 1ms exceeded.\nCall log:\n${line}\n`), line.slice(4));
    const logs = '=== logs ===\nwaiting for navigation to "**/thanks" until "load"\n============';
    assert.equal(waitIn(`x\n${logs}`), 'waiting for navigation to "**/thanks" until "load"');
    assert.equal(withoutLog(`x\n${logs}`), 'x');
  });
  it('has no wait without a log, and takes no text of the page for one', () => {
    assert.equal(waitIn('the page says: waiting for the bus'), undefined);
    assert.equal(withWait('x', undefined), 'x');
  });
  it('stands on one line', () => {
    assert.equal(onOneLine('two elements:\n    1) <b>\n\n    2) <i>\n'), 'two elements: 1) <b>; 2) <i>');
  });
});
