#include "sandbox/api/forms/form_data.h"

#include <gmock/gmock.h>

namespace openfc::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr const char* kMultipart = "multipart/form-data; boundary=b1";
constexpr const char* kUrlEncoded = "application/x-www-form-urlencoded";

/// The value of a field; "none".
std::string Text(const Form& form, const char* name) {
  const FormField* field = form.FindText(name);
  return field == nullptr ? "none" : field->value;
}

std::string Part(const std::string& head, const std::string& value) {
  return "--b1\r\n" + head + "\r\n\r\n" + value + "\r\n";
}

std::string Fault(const std::string& body, const std::string& type = kMultipart) {
  const auto form = ReadForm(type, body);
  return form ? "none" : form.error().message;
}

TEST(FormDataTest, ReadsUrlEncodedFields) {
  const auto form = ReadForm(kUrlEncoded, "config=%7B%22a%22%3A+1%7D&empty=&bare&x=1=2&&x=2");

  ASSERT_TRUE(form);
  EXPECT_EQ(Text(*form, "config"), "{\"a\": 1}");
  EXPECT_EQ(Text(*form, "empty"), "");
  EXPECT_EQ(Text(*form, "bare"), "");
  EXPECT_EQ(Text(*form, "x"), "2");
  EXPECT_EQ(Text(*form, "missing"), "none");
  EXPECT_EQ(form->fields()[3].value, "1=2");
}

TEST(FormDataTest, ReadsFieldsAndFilesOfAMultipartBody) {
  const std::string bytes("\0\r\n--b\r\n\xff", 9);
  const std::string body =
      Part("Content-Disposition: form-data; name=\"config\"\r\nContent-Type: text/plain", "{}") +
      Part("content-disposition: form-data; filename=\"a \\\"b\\\".tgz\"; name=environment",
           bytes) +
      "--b1--\r\n";

  const auto form = ReadForm("Multipart/Form-Data; boundary=\"b1\"; charset=utf-8", body);

  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(Text(*form, "config"), "{}");
  const FormField* file = form->FindFile("environment");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->value, bytes);
  EXPECT_EQ(file->file_name, "a \"b\".tgz");
  auto taken = *form;
  EXPECT_EQ(taken.TakeFile("environment"), bytes);
  EXPECT_FALSE(taken.TakeFile("config"));
  EXPECT_EQ(form->FindText("environment"), nullptr);
  EXPECT_EQ(form->FindFile("config"), nullptr);
}

TEST(FormDataTest, AFileWithoutANameIsAFile) {
  const auto form =
      ReadForm(kMultipart,
               Part("Content-Disposition: form-data; name=\"f\"; filename=\"\"", "x") + "--b1--");

  ASSERT_TRUE(form);
  EXPECT_NE(form->FindFile("f"), nullptr);
}

TEST(FormDataTest, SkipsWhatStandsBeforeTheFirstBoundary) {
  const auto form =
      ReadForm(kMultipart,
               "a preamble\r\n" + Part("Content-Disposition: form-data; name=a", "1") + "--b1--");

  ASSERT_TRUE(form) << form.error().message;
  EXPECT_EQ(Text(*form, "a"), "1");
}

TEST(FormDataTest, OtherTypesHoldNoFields) {
  EXPECT_THAT(ReadForm("application/json", "{\"config\": 1}")->fields(), SizeIs(0));
  EXPECT_THAT(ReadForm("", "config=1")->fields(), SizeIs(0));
  EXPECT_THAT(ReadForm(kUrlEncoded, "")->fields(), SizeIs(0));
}

TEST(FormDataTest, SaysWhyAMultipartBodyIsNone) {
  const std::string whole = Part("Content-Disposition: form-data; name=a", "1");

  EXPECT_THAT(Fault(whole + "--b1--", "multipart/form-data"), HasSubstr("names no boundary"));
  EXPECT_THAT(Fault(""), HasSubstr("its boundary is not there"));
  EXPECT_THAT(Fault("config=1"), HasSubstr("its boundary is not there"));
  EXPECT_THAT(Fault(whole), HasSubstr("ends in the middle"));
  EXPECT_THAT(Fault("--b1\r\nContent-Disposition: form-data; name=a\r\n\r\n1"),
              HasSubstr("ends in the middle"));
  EXPECT_THAT(Fault("--b1x\r\n\r\n\r\n--b1--"), HasSubstr("text behind a boundary"));
  EXPECT_THAT(Fault(Part("Content-Disposition: form-data", "1") + "--b1--"),
              HasSubstr("a part has no name"));
  EXPECT_THAT(Fault(Part("X: y", "1") + "--b1--"), HasSubstr("a part has no name"));
  EXPECT_THAT(Fault("--b1\r\nContent-Disposition: form-data; name=a\r\n--b1--"),
              HasSubstr("no end of its headers"));
}

TEST(FormDataTest, EveryShorterBodyIsRefused) {
  const std::string body = Part("Content-Disposition: form-data; name=\"a\"", "12") + "--b1--";

  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_NE(Fault(body.substr(0, size)), "none") << size;
  }
  EXPECT_EQ(Fault(body), "none");
}

TEST(FormDataTest, HasNoMoreThanAThousandFields) {
  std::string body;
  for (int i = 0; i < 1001; ++i) body += Part("Content-Disposition: form-data; name=a", "");

  EXPECT_THAT(Fault(body + "--b1--"), HasSubstr("more than a thousand fields"));
}

}  // namespace
}  // namespace openfc::sandbox
