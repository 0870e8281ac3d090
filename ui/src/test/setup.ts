// What happy-dom lacks and the components need.
Element.prototype.scrollIntoView ??= () => undefined;
