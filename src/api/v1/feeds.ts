import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { metalSchema, type Provenance } from '../contract.ts';
import { gzipped } from './answer-cache.ts';
import type { AnswerParts } from './answers.ts';
import { respond, tagOf } from './conditional.ts';
import { type FeedEntry, feedEntries, feedTitle, feedTopics } from './feed-entries.ts';
import { parseParameters } from './request-parameters.ts';

export const feedFormats = ['rss', 'atom', 'json'] as const;
type FeedFormat = (typeof feedFormats)[number];

/** Parameters of every feed. */
export const feedParameters = z.strictObject({
  metal: metalSchema,
  lang: z.enum(['ru', 'en']).optional().describe('Language of the words; ru unless told'),
});

export const feedTypes: Readonly<Record<FeedFormat, string>> = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
};

/** News of each metal and topic as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1. */
export function addFeeds(app: Hono, parts: AnswerParts): void {
  for (const topic of feedTopics) {
    for (const format of feedFormats) {
      app.get(`/metals/:metal/feeds/${topic}.${format}`, async (context) => {
        const { metal, lang = 'ru' } = parseParameters(feedParameters, context) as z.output<typeof feedParameters>;
        const version = await parts.versions.current();
        const { origin } = new URL(context.req.url);
        const key = `feed ${format} ${topic} ${metal} ${lang} ${origin}`;
        const answer = await parts.cache.take(key, version.version, async () => {
          const [provenance, entries] = await Promise.all([
            parts.api.provenance(),
            feedEntries(parts.api, metal, topic, lang),
          ]);
          const title = `${provenance.simulated ? 'SIMULATED · ' : ''}${feedTitle(metal, topic, lang)}`;
          const feed = { title, lang, self: addressOf(context), origin, entries, metal, provenance };
          const body = new TextEncoder().encode(writers[format](feed));
          const headers = {
            'content-type': `${feedTypes[format]}; charset=utf-8`,
            'cache-control': 'max-age=300',
            'x-content-type-options': 'nosniff',
            'content-security-policy': "default-src 'none'",
            vary: 'Accept-Encoding',
            etag: tagOf(JSON.stringify({ format, title, entries, origin })),
            ...(version.changedAt !== null && { 'last-modified': new Date(version.changedAt).toUTCString() }),
          };
          return { headers, body, gzipped: await gzipped(body) };
        });
        return respond(context, answer);
      });
    }
  }
}

interface Feed {
  readonly title: string;
  readonly lang: string;
  readonly self: string;
  readonly origin: string;
  readonly metal: string;
  readonly entries: readonly FeedEntry[];
  readonly provenance: Provenance;
}

const writers: Readonly<Record<FeedFormat, (feed: Feed) => string>> = {
  rss: writeRss,
  atom: writeAtom,
  json: writeJson,
};

function writeRss(feed: Feed): string {
  const items = feed.entries.map((entry) =>
    [
      '<item>',
      `<title>${xml(entry.title)}</title>`,
      `<link>${xml(linkOf(feed, entry))}</link>`,
      `<guid isPermaLink="false">${xml(idOf(feed, entry))}</guid>`,
      `<pubDate>${new Date(entry.at).toUTCString()}</pubDate>`,
      `<description>${xml(entry.text)}</description>`,
      '</item>',
    ].join(''),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>',
    `<title>${xml(feed.title)}</title><link>${xml(`${feed.origin}/`)}</link>`,
    `<description>${xml(feed.title)}</description><language>${feed.lang}</language>`,
    `<atom:link href="${xml(feed.self)}" rel="self" type="${feedTypes.rss}"/>`,
    ...items,
    '</channel></rss>\n',
  ].join('\n');
}

function writeAtom(feed: Feed): string {
  const entries = feed.entries.map((entry) =>
    [
      '<entry>',
      `<title>${xml(entry.title)}</title><id>${xml(idOf(feed, entry))}</id>`,
      `<link href="${xml(linkOf(feed, entry))}"/><updated>${entry.at}</updated><summary>${xml(entry.text)}</summary>`,
      '</entry>',
    ].join(''),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${feed.lang}">`,
    `<title>${xml(feed.title)}</title><id>${xml(feed.self)}</id><updated>${updatedOf(feed)}</updated>`,
    `<link rel="self" href="${xml(feed.self)}"/><link href="${xml(`${feed.origin}/`)}"/>`,
    '<author><name>Assay</name></author>',
    ...entries,
    '</feed>\n',
  ].join('\n');
}

function writeJson(feed: Feed): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: feed.title,
    home_page_url: `${feed.origin}/`,
    feed_url: feed.self,
    language: feed.lang,
    items: feed.entries.map((entry) => ({
      id: idOf(feed, entry),
      url: linkOf(feed, entry),
      title: entry.title,
      content_text: entry.text,
      date_published: entry.at,
    })),
  });
}

function updatedOf({ entries, provenance }: Feed): string {
  return entries[0]?.at ?? provenance.generatedAt;
}

function idOf({ metal, provenance }: Feed, { key }: FeedEntry): string {
  return `urn:assay:${provenance.simulated ? 'simulated:' : ''}${metal}:${key}`;
}

function linkOf({ origin, metal, lang }: Feed, { path }: FeedEntry): string {
  const url = new URL(path, origin);
  if (metal !== 'gold') url.searchParams.set('metal', metal);
  url.searchParams.set('lang', lang);
  return url.href;
}

function addressOf(context: Context): string {
  const url = new URL(context.req.url);
  return `${url.origin}${url.pathname}${url.search}`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
