// Tables, charts and the text in them, whatever names a network has.

#include <gtest/gtest.h>

#include <string>

#include "plugin/compiler/report/balance.h"
#include "plugin/compiler/report/chart.h"
#include "plugin/compiler/report/html.h"
#include "plugin/compiler/report/table.h"

namespace wranglet {
namespace {

constexpr char kHostile[] = "</title><script>alert(\"1\" & '2')</script>";

TEST(Html, CharactersWithAMeaningAreEscaped) {
  EXPECT_EQ(EscapeHtml("a<b>&\"c\"'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;");
  EXPECT_EQ(EscapeHtml("plain text\n\t"), "plain text\n\t");
  EXPECT_EQ(EscapeHtml(""), "");
}

TEST(Html, OnlyUtf8GoesThrough) {
  const std::string good = "\xc3\xa9 \xe2\x82\xac \xed\x9f\xbf \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf";
  EXPECT_EQ(EscapeHtml(good), good);
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(EscapeHtml(std::string("a\0b\x1b", 4)), "a" + bad + "b" + bad);
  EXPECT_EQ(EscapeHtml("\xff"), bad);
  EXPECT_EQ(EscapeHtml("\xc3"), bad) << "cut short";
  EXPECT_EQ(EscapeHtml("\xc3<"), bad + "&lt;") << "nothing after it is swallowed";
  EXPECT_EQ(EscapeHtml("\xe2\x82<"), bad + bad + "&lt;");
  EXPECT_EQ(EscapeHtml("\xc0\xbc"), bad + bad) << "an overlong '<'";
  EXPECT_EQ(EscapeHtml("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(EscapeHtml("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "over U+10FFFF";
}

TEST(Balance, IsAWitness) {
  EXPECT_EQ(ImbalanceOf("<!doctype html><a b=\"<>\"><c/>text</a>"), "");
  EXPECT_NE(ImbalanceOf("<a><b></a></b>"), "");
  EXPECT_NE(ImbalanceOf("<a>"), "");
  EXPECT_NE(ImbalanceOf("</a>"), "");
  EXPECT_NE(ImbalanceOf("a > b"), "");
  EXPECT_NE(ImbalanceOf("<a <b></b></a>"), "");
  EXPECT_NE(ImbalanceOf("<a b=\"></a>"), "");
}

Table SmallTable() {
  return {.columns = {{"layer"}, {"MACs", true}}, .rows = {{"conv", "1200"}, {"é", "7"}}};
}

TEST(Table, ColumnsLineUp) {
  EXPECT_EQ(TableAsText(SmallTable()),
            "layer  MACs\n"
            "conv   1200\n"
            "é         7\n");
}

TEST(Table, ControlCharactersDoNotReachATerminal) {
  EXPECT_EQ(TableAsText({.columns = {{"a"}}, .rows = {{"x\x1b[2J\n"}}}), "a\nx?[2J?\n");
}

TEST(Table, HeadingsHaveAScope) {
  EXPECT_EQ(TableAsHtml(SmallTable(), "Costs"),
            "<table>\n<caption>Costs</caption>\n<thead><tr><th scope=\"col\">layer</th>"
            "<th scope=\"col\" class=\"number\">MACs</th></tr></thead>\n<tbody>\n"
            "<tr><th scope=\"row\">conv</th><td class=\"number\">1200</td></tr>\n"
            "<tr><th scope=\"row\">é</th><td class=\"number\">7</td></tr>\n</tbody>\n</table>\n");
}

TEST(Table, NamesCannotEndIt) {
  const std::string html = TableAsHtml({.columns = {{kHostile}}, .rows = {{kHostile}}}, kHostile);
  EXPECT_EQ(ImbalanceOf(html), "");
  EXPECT_EQ(html.find("<script"), std::string::npos);
}

TEST(Chart, ValuesHaveUnits) {
  EXPECT_EQ(WithUnit(0, Unit::kBytes), "0 bytes");
  EXPECT_EQ(WithUnit(1536, Unit::kBytes), "1.5 KiB");
  EXPECT_EQ(WithUnit(141616, Unit::kBytes), "138 KiB");
  EXPECT_EQ(WithUnit(3.0 * 1024 * 1024, Unit::kBytes), "3 MiB");
  EXPECT_EQ(WithUnit(11.3e6, Unit::kCount), "11.3 M");
  EXPECT_EQ(WithUnit(999, Unit::kCount), "999");
  EXPECT_EQ(WithUnit(-4.25, Unit::kDecibels), "-4.2 dB");
}

TEST(Chart, BarsStandOnTheLineInProportion) {
  const std::string svg = BarChartAsSvg({.id = "c",
                                         .title = "t",
                                         .description = "d",
                                         .unit = Unit::kCount,
                                         .bars = {{"half", 500}, {"whole", 1000, true}, {"", -3}}});
  EXPECT_EQ(ImbalanceOf(svg), "");
  EXPECT_NE(svg.find("height=\"110.00\"><title>half: 500</title>"), std::string::npos) << svg;
  EXPECT_NE(svg.find("height=\"220.00\"><title>whole: 1 k</title>"), std::string::npos) << svg;
  EXPECT_NE(svg.find("height=\"0.00\"><title>: -3</title>"), std::string::npos) << svg;
  EXPECT_NE(svg.find("class=\"mark\" x=\"365.33\" y=\"12.00\""), std::string::npos) << svg;
}

TEST(Chart, NumbersAreOfBarsAndNoMoreThanFit) {
  const auto numbers = [](size_t bars, size_t first) {
    const std::string svg = BarChartAsSvg({.id = "c",
                                           .title = "t",
                                           .bars = std::vector<Bar>(bars, Bar{"b", 1}),
                                           .first_number = first});
    std::string text;
    constexpr char kMiddle[] = "text-anchor=\"middle\">";
    for (size_t at = 0; (at = svg.find(kMiddle, at)) != std::string::npos;) {
      at += sizeof kMiddle - 1;
      text += svg.substr(at, svg.find('<', at) - at) + " ";
    }
    return text;
  };
  EXPECT_EQ(numbers(3, 0), "0 1 2 ");
  EXPECT_EQ(numbers(50, 1), "1 4 7 10 13 16 19 22 25 28 31 34 37 40 43 46 49 ");
}

TEST(Chart, AnyBarsMakeOne) {
  for (const auto& bars : {std::vector<Bar>{}, std::vector<Bar>{{"zero", 0}},
                           std::vector<Bar>(5000, Bar{"many", 1e-3})}) {
    const std::string svg = BarChartAsSvg({.id = "c", .title = "t", .bars = bars});
    EXPECT_EQ(ImbalanceOf(svg), "");
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
  }
}

TEST(Chart, NamesCannotEndIt) {
  const std::string svg = BarChartAsSvg(
      {.id = "c", .title = kHostile, .description = kHostile, .bars = {{kHostile, 1}}});
  EXPECT_EQ(ImbalanceOf(svg), "");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace wranglet
