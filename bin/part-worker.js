require('./start.js').start().work();
