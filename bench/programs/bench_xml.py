"""xml: xml.etree built, written, parsed, searched and changed."""
import io
import xml.etree.ElementTree as ET


def build(count):
    root = ET.Element("catalogue", version="1")
    for number in range(count):
        book = ET.SubElement(root, "book", id=str(number), lang="en" if number % 2 else "de")
        ET.SubElement(book, "title").text = f"Title & number {number}"
        for author in range(number % 3 + 1):
            ET.SubElement(book, "author", rank=str(author)).text = f"Author {number * author % 77}"
        ET.SubElement(book, "price").text = f"{number * 1.5:.2f}"
    return root


def main(rounds=11):
    total = 0
    for number in range(rounds):
        text = ET.tostring(build(2500))
        root = ET.fromstring(text)
        total += len(root.findall(".//author")) + len(root.findall("book[@lang='de']/price"))
        for book in list(root):
            if book.get("lang") == "en":
                root.remove(book)
        for _, element in ET.iterparse(io.BytesIO(text), ("end",)):
            if element.tag == "book":
                total += len(element)
                element.clear()
        total += len(ET.tostring(root))
    return total


if __name__ == "__main__":
    print(main())
