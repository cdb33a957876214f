#!/usr/bin/env node
import module from 'node:module';

// Keeps what is compiled from one start to the next. Node has it from 22.8 on.
module.enableCompileCache?.();
await import('../dist/leat.js');
