// Puts an interactive figure in the place of each picture that comes with plotly's data.
for (const figure of document.querySelectorAll(".site-figure")) {
  const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
  const drawn = document.createElement("div");
  const picture = figure.querySelector("img");
  const show = () => {
    picture.remove();
    figure.append(drawn);
    return Plotly.newPlot(drawn, data, layout, config);
  };
  show().catch((error) => {
    console.error(error);
    drawn.replaceWith(picture);
  });
}
