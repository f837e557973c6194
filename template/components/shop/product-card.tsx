import type { Messages } from "@/lib/messages/en";

/** A product as the page shows it; prices are written out already. */
export interface ShownProduct {
  id: string;
  name: string;
  description: string | null;
  image: string | null;
  category: string | null;
  articles: { id: string; name: string; price: string; inStock: boolean }[];
}

interface Props {
  product: ShownProduct;
  open: boolean;
  typed: Record<string, string>;
  text: Messages["shop"];
}

/** One product with its articles, their prices, and how many of each. */
export function ProductCard({ product, open, typed, text }: Props) {
  return (
    <li className="card">
      {product.image && (
        <img className="picture" src={product.image} alt="" loading="lazy" referrerPolicy="no-referrer" />
      )}
      {product.category && <span className="lead">{product.category}</span>}
      <h3>{product.name}</h3>
      {product.description && <p className="lines-kept">{product.description}</p>}
      <ul className="articles">
        {product.articles.map((each) => {
          const name = `article-${each.id}`;
          const called = [product.name, each.name].filter(Boolean).join(", ");
          return (
            <li key={each.id}>
              <span>
                {each.name && <span>{each.name} </span>}
                <strong className="number">{each.price}</strong>{" "}
                <span className={each.inStock ? "badge good" : "badge bad"}>
                  {each.inStock ? text.inStock : text.soldOut}
                </span>
              </span>
              {open && each.inStock && (
                <input
                  name={name}
                  type="number"
                  min={0}
                  max={99}
                  step={1}
                  inputMode="numeric"
                  defaultValue={typed[name] ?? ""}
                  placeholder="0"
                  aria-label={text.howMany.replace("{article}", called)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </li>
  );
}
