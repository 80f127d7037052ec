import fc from 'fast-check';

// Property tests draw the same cases on every machine and every day; a failure prints its own seed and path.
fc.configureGlobal({ seed: 20_080_702 });
