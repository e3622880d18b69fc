// Pictures, documents and sound in what the user says.

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const PDF = 'JVBERi0xLjQKJcOkw7zDtsOfCg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA';
const with_ = (...parts) => [{ user: [{ text: 'What is this?' }, ...parts, { text: 'Answer briefly.' }] }];
const hear = { text: 'Hello there', finish: 'stop' };

export const media = [
  { name: 'a picture', ask: { turns: with_({ image: PNG }) }, hear },
  { name: 'a picture by its URL', ask: { turns: with_({ imageUrl: 'https://example.com/cat.png' }) }, hear },
  { name: 'several pictures in order', ask: { turns: with_({ image: PNG }, { text: 'and' }, { imageUrl: 'https://example.com/dog.png' }, { image: PNG }) }, hear },
  { name: 'a document', ask: { turns: with_({ file: PDF }) }, hear },
  { name: 'a document by its URL', needs: ['fileUrl'], ask: { turns: with_({ fileUrl: 'https://example.com/report.pdf' }) }, hear },
  { name: 'sound', needs: ['audio'], ask: { turns: with_({ audio: WAV }) }, hear },
];
